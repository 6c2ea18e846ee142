using System.Text.Json.Serialization;

namespace Distributed.Jobs;

/// <summary>Retrieval on held-out queries: nDCG@10, MRR@10, recall@1 and recall@10, before the first step and after the last.</summary>
public sealed record EvaluationOptions
{
    /// <summary>File with the queries, a row each.</summary>
    public required string Queries { get; init; }

    /// <summary>Column of <see cref="Queries"/> that holds the query. Default anchor.</summary>
    public string QueryColumn { get; init; } = "anchor";

    /// <summary>Column of <see cref="Queries"/> that holds the query's id; null: the row's number from 0.</summary>
    public string? QueryId { get; init; }

    /// <summary>What the model reads in front of a query; null: its own prompt for queries.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // jobs of older versions keep their hash
    public PromptOptions? QueryPrompt { get; init; }

    /// <summary>File with the entries that are searched.</summary>
    public required string Corpus { get; init; }

    /// <summary>Column of <see cref="Corpus"/> that holds the text. Default text.</summary>
    public string CorpusColumn { get; init; } = "text";

    /// <summary>Column of <see cref="Corpus"/> that holds the entry's id. Default id.</summary>
    public string CorpusId { get; init; } = "id";

    /// <summary>What the model reads in front of an entry; null: its own prompt for documents.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PromptOptions? DocumentPrompt { get; init; }

    /// <summary>Tab-separated file of query id, corpus id and, where there is a third column, relevance.</summary>
    public required string Relevance { get; init; }

    /// <summary>Also after every so many steps; null: only before and after training.</summary>
    public int? EverySteps { get; init; }
}
