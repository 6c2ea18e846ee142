using Distributed.Jobs;
using Distributed.Training.Inference.Quantization;

namespace Distributed.Worker.Verbs.Encode;

/// <summary>What `encode` is asked for.</summary>
internal sealed record EncodeArguments
{
    /// <summary>Folder of the model, or its id.</summary>
    public required string Model { get; init; }

    /// <summary>Where the texts come from.</summary>
    public required EncodeInput Input { get; init; }

    /// <summary>File for the embeddings, `-` for standard output.</summary>
    public required string Output { get; init; }

    /// <summary>What the model does with a text.</summary>
    public required EncodeSettings Settings { get; init; }

    /// <summary>What becomes of the numbers.</summary>
    public required EmbeddingDtype Dtype { get; init; }
}

/// <summary>Where the texts of `encode` come from.</summary>
/// <param name="Text">A single text; null where <paramref name="File"/> is set.</param>
/// <param name="File">File of texts, `-` for standard input; null where <paramref name="Text"/> is set.</param>
/// <param name="Column">Column that holds the text.</param>
/// <param name="Calibration">File of texts whose embeddings have the ranges that are cut into steps; null: those of the texts themselves.</param>
internal sealed record EncodeInput(string? Text, string? File, string Column, string? Calibration)
{
    /// <summary>The texts, one after another.</summary>
    public IEnumerable<string> Read() => Text is { } text ? [text] : TextSource.Read(File!, Column);
}

/// <summary>What the model does with a text.</summary>
/// <param name="Prompt">What it reads before each; null: the prompt named <paramref name="PromptName"/>.</param>
/// <param name="PromptName">Name of one of the model's prompts; null: its default one.</param>
/// <param name="TruncateDim">Numbers that are kept of an embedding, the first ones; null: as many as the model's settings keep.</param>
/// <param name="Normalize">Whether what is kept is scaled to length 1.</param>
/// <param name="Precision">Number format of the encoder's matrix products.</param>
/// <param name="Threads">Threads of matrix products.</param>
/// <param name="TokensPerMicroBatch">Most tokens that go through the encoder together.</param>
internal sealed record EncodeSettings(
    string? Prompt, string? PromptName, int? TruncateDim, bool Normalize, Precision Precision, int Threads, int TokensPerMicroBatch);
