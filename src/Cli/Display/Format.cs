using System.Globalization;

namespace Distributed.Cli.Display;

/// <summary>Numbers and times for a person, the same in every country.</summary>
internal static class Format
{
    /// <summary>What stands for a value that is not known.</summary>
    public const string Unknown = "–";

    /// <summary>4 decimals.</summary>
    public static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? Unknown;

    /// <summary>No decimals, groups of three.</summary>
    public static string Rate(double? value) => value?.ToString("#,0", CultureInfo.InvariantCulture) ?? Unknown;

    /// <summary>A whole number.</summary>
    public static string Count(long? value) => value?.ToString("#,0", CultureInfo.InvariantCulture) ?? Unknown;

    /// <summary>3:07 or 1:02:45.</summary>
    public static string Duration(TimeSpan? value) => value switch
    {
        null => Unknown,
        { TotalHours: >= 1 } t => string.Create(CultureInfo.InvariantCulture, $"{(int)t.TotalHours}:{t.Minutes:00}:{t.Seconds:00}"),
        { } t => string.Create(CultureInfo.InvariantCulture, $"{t.Minutes}:{t.Seconds:00}"),
    };
}
