using System.CommandLine;
using Distributed.Worker.Verbs.Files;

namespace Distributed.Worker.Verbs.Mining;

/// <summary>The options of `mine` that say where texts come from and where pairs go.</summary>
internal sealed class MineFileOptions
{
    private readonly Option<string> _pairs = new("--pairs")
    {
        Description = "Pairs, a row each: JSON Lines, CSV or TSV, plain or .gz, or Parquet.", Required = true, HelpName = "FILE",
    };
    private readonly Option<string> _output = new("--output") { Description = "Pairs with negatives: .jsonl or .jsonl.gz, in place of what the file held.", Required = true, HelpName = "FILE" };
    private readonly Option<string> _anchor = new("--anchor") { Description = "Column of the anchor.", DefaultValueFactory = _ => "anchor" };
    private readonly Option<string> _positive = new("--positive") { Description = "Column of the positive.", DefaultValueFactory = _ => "positive" };
    private readonly Option<int?> _limit = VerbOptions.Positive("--limit", "Only the first so many pairs.");
    private readonly Option<string?> _corpus = new("--corpus")
    {
        Description = "Texts that may become negatives, beside the positives: a table as above, or .txt (one a line).", HelpName = "FILE",
    };
    private readonly Option<string> _corpusColumn = new("--corpus-column") { Description = "Column of the corpus that holds the text.", DefaultValueFactory = _ => "text" };
    private readonly Option<string?> _anchorPrompt = new("--anchor-prompt") { Description = "What the model reads before each anchor, such as \"query: \"; without it its own prompt for queries." };
    private readonly Option<string?> _corpusPrompt = new("--corpus-prompt") { Description = "What the model reads before each other text, such as \"passage: \"; without it its own prompt for documents." };
    private readonly Option<MinedFormat> _format = VerbOptions.Choice(
        "--format", "Columns: a row a pair with negative_1, negative_2, …; rows: a row a negative; pairs: a row a text with label 1 or 0.",
        ("columns", MinedFormat.Columns), ("rows", MinedFormat.Rows), ("pairs", MinedFormat.Pairs));
    private readonly Option<IncompletePairs> _incomplete = VerbOptions.Choice(
        "--incomplete", "Pairs with fewer negatives than asked for: keep them with those found, or drop them.",
        ("keep", IncompletePairs.Keep), ("drop", IncompletePairs.Drop));
    private readonly Option<bool> _scores = new("--scores") { Description = "Write similarities too." };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_pairs, _output, _corpus, _corpusColumn, _anchor, _positive, _limit, _anchorPrompt, _corpusPrompt, _format, _incomplete, _scores])
            command.Options.Add(option);
    }

    /// <summary>Where the texts come from.</summary>
    public MineInput Input(ParseResult arguments) => new(
        arguments.GetRequiredValue(_pairs),
        arguments.GetRequiredValue(_anchor),
        arguments.GetRequiredValue(_positive),
        arguments.GetValue(_limit),
        arguments.GetValue(_corpus),
        arguments.GetRequiredValue(_corpusColumn),
        arguments.GetValue(_anchorPrompt),
        arguments.GetValue(_corpusPrompt));

    /// <summary>Where pairs go.</summary>
    public MinedLayout Layout(ParseResult arguments) => new(
        arguments.GetRequiredValue(_output), arguments.GetValue(_format), arguments.GetValue(_incomplete), arguments.GetValue(_scores));

    /// <summary>What cannot be done; null: nothing.</summary>
    public string? Conflict(ParseResult arguments, string model, int negatives)
    {
        var (input, layout) = (Input(arguments), Layout(arguments));
        if (!MinedFile.IsSupported(layout.Path))
            return $"--output {layout.Path}: write to a .jsonl or .jsonl.gz file";
        if (input.Corpus is "-" || input.Pairs is "-")
            return "several processes read the texts: give a file, not standard input";
        if (TextSource.Conflict(input.Corpus) is { } unsupported)
            return unsupported;
        if (input.Anchor == input.Positive)
            return $"--anchor and --positive both name the column '{input.Anchor}'";
        var own = MinedRowWriter.OwnColumns(layout.Format, negatives);
        return own.FirstOrDefault(name => name == input.Anchor || name == input.Positive) is { } taken
            ? $"the output has a column '{taken}' of its own: rename yours"
            : OutputPlace.Conflict(layout.Path, model, ("--pairs", input.Pairs), ("--corpus", input.Corpus));
    }
}
