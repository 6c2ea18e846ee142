using System.Globalization;
using Distributed.Jobs;
using Distributed.Jobs.Losses;

namespace Distributed.Training.Tests.Steps;

/// <summary>Made rows whose texts all have the same number of tokens, so that a token budget is a number of rows.</summary>
internal static class EvenRows
{
    public const int Count = 22;

    /// <summary>Tokens of each text: four words between [CLS] and [SEP].</summary>
    public const int TokensPerText = 6;

    private static readonly string[] Words = ["something", "having", "person", "being", "which", "character", "state", "small", "under", "cause", "people", "light"];

    /// <summary>Writes the rows that a loss takes; columns, label and score as it wants them.</summary>
    public static DataOptions Write(LossInput input, string folder)
    {
        var path = Path.Combine(folder, "rows.tsv");
        var columns = input switch { LossInput.Labels => 1, LossInput.LabelledPairs or LossInput.ScoredPairs => 2, _ => 3 };
        var names = Enumerable.Range(0, columns).Select(column => $"text{column}").ToList();
        var random = new Random(12);
        var lines = Enumerable.Range(0, Count).Select(row =>
            string.Join('\t', [.. names.Select(_ => string.Join(' ', random.GetItems(Words, TokensPerText - 2))), $"{row % 5}", Score(row, input)]));
        File.WriteAllLines(path, [string.Join('\t', [.. names, "label", "score"]), .. lines]);
        return new DataOptions
        {
            Train = [path],
            Columns = [.. names],
            Label = input is LossInput.Labels ? "label" : null,
            Score = input is LossInput.LabelledPairs or LossInput.ScoredPairs ? "score" : null,
        };
    }

    private static string Score(int row, LossInput input) =>
        input is LossInput.ScoredPairs ? (row / 25.0).ToString(CultureInfo.InvariantCulture) : $"{row % 2}";
}
