using Distributed.Data.Reading;
using Distributed.Training.Mining;

namespace Distributed.Worker.Verbs.Mining;

/// <summary>Reads what is mined.</summary>
internal static class MineReader
{
    /// <summary>Pairs and corpus.</summary>
    /// <exception cref="DataFormatException">A file cannot be read, a row does not fit, or one holds nothing.</exception>
    public static MiningSet Read(MineInput input)
    {
        var rows = TableReader.Read(input.Pairs, [input.Anchor, input.Positive], []).Take(input.Limit ?? int.MaxValue);
        // A blank line of a .txt file is no candidate; tables refuse blank texts themselves.
        var corpus = input.Corpus is { } file ? TextSource.RequireAny(TextSource.Read(file, input.CorpusColumn).Where(text => !string.IsNullOrWhiteSpace(text)), file) : [];
        var set = new MiningSet(rows.Select(row => new TextPair(row.RequiredText(input.Anchor), row.RequiredText(input.Positive))), corpus);
        return set.Rows.IsEmpty ? throw new DataFormatException(input.Pairs, 0, "no rows") : set;
    }
}
