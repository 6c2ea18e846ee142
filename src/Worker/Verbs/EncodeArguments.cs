namespace Distributed.Worker.Verbs;

/// <summary>What `encode` is asked for.</summary>
/// <param name="Model">Folder of the model.</param>
/// <param name="Text">A single text; null where <paramref name="Input"/> is set.</param>
/// <param name="Input">File of texts, `-` for standard input; null where <paramref name="Text"/> is set.</param>
/// <param name="Column">Column of the input that holds the text.</param>
/// <param name="Output">File for the embeddings, `-` for standard output.</param>
/// <param name="Threads">Threads of matrix products.</param>
/// <param name="TokensPerMicroBatch">Most tokens that go through the encoder together.</param>
/// <param name="Normalize">Whether embeddings are scaled to length 1.</param>
internal sealed record EncodeArguments(
    string Model, string? Text, string? Input, string Column, string Output, int Threads, int TokensPerMicroBatch, bool Normalize);
