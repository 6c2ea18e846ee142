using System.CommandLine;
using System.CommandLine.Parsing;
using Distributed.Jobs;

namespace Distributed.Worker.Verbs;

/// <summary>The options of `evaluate` that say where queries, corpus and relevance are: a job file, or three files with their columns.</summary>
internal sealed class RetrievalFileOptions
{
    private readonly Option<string?> _job = new("--job") { Description = "Job file whose evaluation section names the files.", HelpName = "FILE" };
    private readonly Option<string?> _queries = new("--queries") { Description = "Queries, a row each.", HelpName = "FILE" };
    private readonly Option<string?> _corpus = new("--corpus") { Description = "Entries that are searched, a row each.", HelpName = "FILE" };
    private readonly Option<string?> _relevance = new("--relevance")
    {
        Description = "Tab-separated query id, corpus id and, where there is a third column, relevance.", HelpName = "FILE",
    };
    private readonly Option<string> _queryColumn = new("--query-column") { Description = "Column of the query's text.", DefaultValueFactory = _ => "anchor" };
    private readonly Option<string?> _queryId = new("--query-id") { Description = "Column of the query's id; without it the row's number from 0." };
    private readonly Option<string> _corpusColumn = new("--corpus-column") { Description = "Column of the entry's text.", DefaultValueFactory = _ => "text" };
    private readonly Option<string> _corpusId = new("--corpus-id") { Description = "Column of the entry's id.", DefaultValueFactory = _ => "id" };

    private readonly Option<string?> _queryPrompt = new("--query-prompt") { Description = "What the model reads before each query; without it its own prompt for queries." };
    private readonly Option<string?> _documentPrompt = new("--document-prompt") { Description = "What it reads before each entry; without it its own prompt for documents." };

    /// <summary>Adds the options and what they have to fulfil together.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_job, _queries, _corpus, _relevance, _queryColumn, _queryId, _corpusColumn, _corpusId, _queryPrompt, _documentPrompt])
            command.Options.Add(option);
        command.Validators.Add(Validate);
    }

    /// <summary>The job file; null where files are given one by one.</summary>
    public string? Job(ParseResult arguments) => arguments.GetValue(_job);

    /// <summary>The files given one by one; null where a job file is given.</summary>
    public EvaluationOptions? Files(ParseResult arguments) => arguments.GetValue(_queries) is not { } queries ? null : new EvaluationOptions
    {
        Queries = queries,
        QueryColumn = arguments.GetRequiredValue(_queryColumn),
        QueryId = arguments.GetValue(_queryId),
        QueryPrompt = Prompt(arguments, _queryPrompt),
        Corpus = arguments.GetValue(_corpus)!,
        CorpusColumn = arguments.GetRequiredValue(_corpusColumn),
        CorpusId = arguments.GetRequiredValue(_corpusId),
        DocumentPrompt = Prompt(arguments, _documentPrompt),
        Relevance = arguments.GetValue(_relevance)!,
    };

    private static PromptOptions? Prompt(ParseResult arguments, Option<string?> option) =>
        arguments.GetValue(option) is { } text ? new PromptOptions { Text = text } : null;

    private void Validate(CommandResult result)
    {
        var files = new[] { _queries, _corpus, _relevance }.Count(option => result.GetValue(option) is not null);
        if (files != (result.GetValue(_job) is null ? 3 : 0))
            result.AddError("Give either --job, or --queries, --corpus and --relevance.");
    }
}
