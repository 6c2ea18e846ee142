using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Distributed.Training.Mining;

namespace Distributed.Worker.Verbs.Mining;

/// <summary>Writes pairs with their negatives as JSON Lines that `distributed train` reads.</summary>
internal sealed class MinedRowWriter(Stream stream, MinedLayout layout, MineInput columns, MiningSet set, MinedNegatives mined) : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Utf8JsonWriter _json = new(stream, Options);

    /// <summary>Lines so far.</summary>
    public long Lines { get; private set; }

    /// <summary>The names that a format gives its columns, beside those of anchor and positive.</summary>
    public static IEnumerable<string> OwnColumns(MinedFormat format, int negatives) =>
        format is MinedFormat.Pairs ? ["label", "score"] : [.. NegativeColumns(format, negatives), "scores"];

    /// <summary>The names of the columns that hold negatives.</summary>
    public static IEnumerable<string> NegativeColumns(MinedFormat format, int negatives) => format switch
    {
        MinedFormat.Columns => Enumerable.Range(0, negatives).Select(NegativeColumn),
        MinedFormat.Rows => ["negative"],
        _ => [],
    };

    /// <summary>Writes one pair.</summary>
    /// <param name="row">The pair.</param>
    /// <param name="isFirstOfQuery">Whether it is the first with this anchor.</param>
    /// <exception cref="InvalidDataException">A similarity is not finite: JSON has no such number.</exception>
    public void Write(MiningRow row, bool isFirstOfQuery)
    {
        var negatives = mined.Of(row.Query);
        switch (layout.Format)
        {
            case MinedFormat.Columns:
                WriteTexts(row, negatives, NegativeColumn);
                break;
            case MinedFormat.Rows when negatives.IsEmpty:
                WriteTexts(row, [], NegativeColumn);
                break;
            case MinedFormat.Rows:
                for (var i = 0; i < negatives.Length; i++)
                    WriteTexts(row, negatives.Slice(i, 1), _ => "negative");
                break;
            case MinedFormat.Pairs:
                WriteLabelled(row, row.Positive, 1, mined.PositiveScore(row));
                // All of a query's pairs have the same negatives.
                foreach (var negative in isFirstOfQuery ? negatives : [])
                    WriteLabelled(row, negative.Candidate, 0, negative.Score);
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private static string NegativeColumn(int index) => string.Create(CultureInfo.InvariantCulture, $"negative_{index + 1}");

    private void WriteTexts(MiningRow row, ReadOnlySpan<MinedNegative> negatives, Func<int, string> column)
    {
        _json.WriteStartObject();
        _json.WriteString(columns.Anchor, set.Queries[row.Query]);
        _json.WriteString(columns.Positive, set.Candidates[row.Positive]);
        for (var i = 0; i < negatives.Length; i++)
            _json.WriteString(column(i), set.Candidates[negatives[i].Candidate]);
        if (layout.HasScores)
        {
            _json.WriteStartArray("scores");
            _json.WriteNumberValue(Finite(mined.PositiveScore(row)));
            foreach (var negative in negatives)
                _json.WriteNumberValue(Finite(negative.Score));
            _json.WriteEndArray();
        }

        EndLine();
    }

    private void WriteLabelled(MiningRow row, int text, int label, float score)
    {
        _json.WriteStartObject();
        _json.WriteString(columns.Anchor, set.Queries[row.Query]);
        _json.WriteString(columns.Positive, set.Candidates[text]);
        _json.WriteNumber("label", label);
        if (layout.HasScores)
            _json.WriteNumber("score", Finite(score));
        EndLine();
    }

    private void EndLine()
    {
        _json.WriteEndObject();
        _json.Flush();
        stream.WriteByte((byte)'\n');
        _json.Reset();
        Lines++;
    }

    private static float Finite(float score) => float.IsFinite(score) ? score : throw new InvalidDataException($"a similarity is {score}");
}
