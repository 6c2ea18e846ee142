using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Distributed.Jobs;

/// <summary>The training rows: one or more files of one format, plain or gzip.</summary>
public sealed record DataOptions
{
    /// <summary>Files, read in this order. JSON Lines, CSV, TSV or Parquet by their extension, `.gz` allowed after the first three.</summary>
    public required ImmutableArray<string> Train { get; init; }

    /// <summary>Columns that hold text, in the loss's order: anchor, positive, then hard negatives; a single one for labelled texts.
    /// Anchor and positive must be there in each row; a hard negative may be missing.</summary>
    public ImmutableArray<string> Columns { get; init; } = ["anchor", "positive"];

    /// <summary>What the model reads in front of a column's texts, by column; null: nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // jobs of older versions keep their hash
    public ImmutableSortedDictionary<string, PromptOptions>? Prompts { get; init; }

    /// <summary>Column that holds the class of a row, for losses over labelled texts; null otherwise.</summary>
    public string? Label { get; init; }

    /// <summary>Column that holds a number for each row: how similar two texts are, or 1 and 0 for whether they belong together; null otherwise.</summary>
    public string? Score { get; init; }

    /// <summary>Only the first so many rows; null: all.</summary>
    public int? Limit { get; init; }
}
