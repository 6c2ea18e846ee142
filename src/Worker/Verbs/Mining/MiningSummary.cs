using System.Globalization;
using System.Text;
using Distributed.Training.Mining;

namespace Distributed.Worker.Verbs.Mining;

/// <summary>What is said at the end of `mine`.</summary>
/// <param name="negatives">Negatives that were asked for.</param>
internal sealed class MiningSummary(int negatives)
{
    private readonly long[] _pairs = new long[negatives + 1]; // by number of negatives found
    private long _leftOut;
    private double _positiveSum;
    private double _negativeSum;

    /// <summary>Lines of the file.</summary>
    public long Lines { get; set; }

    /// <summary>Counts a pair.</summary>
    /// <param name="positive">Similarity of the pair.</param>
    /// <param name="found">Its negatives.</param>
    /// <param name="isLeftOut">Whether it is not in the file.</param>
    public void Add(float positive, ReadOnlySpan<MinedNegative> found, bool isLeftOut)
    {
        _pairs[found.Length]++;
        _leftOut += isLeftOut ? 1 : 0;
        _positiveSum += positive;
        foreach (var negative in found)
            _negativeSum += negative.Score;
    }

    /// <summary>The summary as lines of text.</summary>
    public string Text(MineArguments arguments, MiningSet set, SelectionTally tally)
    {
        var text = new StringBuilder();
        Line(text, $"{set.Rows.Length:N0} pairs, {set.Queries.Length:N0} queries, {set.Candidates.Length:N0} candidates");
        Line(text, $"{"negatives",9}  {"pairs",11}");
        for (var found = negatives; found >= 0; found--)
            if (_pairs[found] > 0)
                Line(text, $"{found,9}  {_pairs[found],11:N0}");
        Line(text, $"mean similarity: positives {_positiveSum / set.Rows.Length:F4}, negatives {_negativeSum / Found():F4}");
        Line(text, $"of {tally.Considered:N0} candidates at ranks {arguments.Options.RankMin} to {arguments.Options.RankMax}:");
        Line(text, $"  {tally.WithinMargin,11:N0}  within the margin of the positive");
        Line(text, $"  {tally.AboveMaxScore,11:N0}  above --max-score");
        Line(text, $"  {tally.BelowMinScore,11:N0}  below --min-score");
        if (_leftOut > 0)
            Line(text, $"left out, with fewer than {negatives} negatives: {_leftOut:N0} pairs");
        text.Append(CultureInfo.InvariantCulture, $"wrote {arguments.Output.Path}: {Lines:N0} rows; {Usage(arguments)}");
        return text.ToString();
    }

    private double Found() => _pairs.Select((pairs, found) => (double)pairs * found).Sum();

    private static string Usage(MineArguments arguments)
    {
        var (anchor, positive) = (arguments.Input.Anchor, arguments.Input.Positive);
        return arguments.Output.Format is MinedFormat.Pairs
            ? $"in a job: columns: [{anchor}, {positive}], score: label"
            : $"in a job: columns: [{string.Join(", ", [anchor, positive, .. MinedRowWriter.NegativeColumns(arguments.Output.Format, arguments.Options.Negatives)])}]";
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
