using CsvHelper;

namespace Distributed.Data.Reading;

/// <summary>A way to write a table as text.</summary>
/// <param name="Separator">What stands between two fields.</param>
/// <param name="Mode">How fields with special characters are written.</param>
internal sealed record DelimitedFormat(char Separator, CsvMode Mode)
{
    /// <summary>Commas; fields may be quoted (RFC 4180).</summary>
    public static DelimitedFormat Csv { get; } = new(',', CsvMode.Rfc4180);

    /// <summary>Tabs; a quote is a character like any other (text/tab-separated-values).</summary>
    public static DelimitedFormat Tsv { get; } = new('\t', CsvMode.NoEscape);
}
