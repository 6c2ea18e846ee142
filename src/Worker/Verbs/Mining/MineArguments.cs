using Distributed.Training.Mining;

namespace Distributed.Worker.Verbs.Mining;

/// <summary>What `mine` is asked for.</summary>
internal sealed record MineArguments
{
    /// <summary>Folder of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Which candidates are taken.</summary>
    public required MiningOptions Options { get; init; }

    /// <summary>Where the texts come from.</summary>
    public required MineInput Input { get; init; }

    /// <summary>Where pairs and negatives go.</summary>
    public required MinedLayout Output { get; init; }

    /// <summary>Threads of matrix products in each process.</summary>
    public required int Threads { get; init; }

    /// <summary>Most tokens that go through the encoder together.</summary>
    public required int TokensPerMicroBatch { get; init; }
}

/// <summary>Where the texts of `mine` come from.</summary>
/// <param name="Pairs">File of the pairs.</param>
/// <param name="Anchor">Column of the anchor.</param>
/// <param name="Positive">Column of the positive.</param>
/// <param name="Limit">Only the first so many pairs; null: all.</param>
/// <param name="Corpus">File of further candidates; null: the positives alone.</param>
/// <param name="CorpusColumn">Their column.</param>
/// <param name="AnchorPrompt">What the model gets to read before an anchor; null: its own prompt for queries.</param>
/// <param name="CorpusPrompt">What it gets to read before any other text; null: its own prompt for documents.</param>
internal sealed record MineInput(
    string Pairs, string Anchor, string Positive, int? Limit, string? Corpus, string CorpusColumn, string? AnchorPrompt, string? CorpusPrompt);

/// <summary>How `mine` writes.</summary>
/// <param name="Path">The file.</param>
/// <param name="Format">Its rows.</param>
/// <param name="Incomplete">What becomes of pairs with fewer negatives than asked for.</param>
/// <param name="HasScores">Whether similarities are written too.</param>
internal sealed record MinedLayout(string Path, MinedFormat Format, IncompletePairs Incomplete, bool HasScores);
