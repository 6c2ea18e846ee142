using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `evaluation:`.</summary>
internal static class EvaluationSection
{
    private static readonly EvaluationOptions Default = new() { Queries = "", Corpus = "", Relevance = "" };

    public static EvaluationOptions Read(Section keys) => new()
    {
        Queries = keys.RequiredFile("queries"),
        QueryColumn = keys.Text("query_column", Default.QueryColumn),
        QueryPrompt = keys.OptionalPrompt("query_prompt"),
        QueryId = keys.OptionalText("query_id"),
        Corpus = keys.RequiredFile("corpus"),
        CorpusColumn = keys.Text("corpus_column", Default.CorpusColumn),
        DocumentPrompt = keys.OptionalPrompt("document_prompt"),
        CorpusId = keys.Text("corpus_id", Default.CorpusId),
        Relevance = keys.RequiredFile("relevance"),
        EverySteps = keys.OptionalInt("every_steps", min: 1),
    };
}
