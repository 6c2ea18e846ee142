using System.Collections.Immutable;
using TorchSharp;

namespace Distributed.Training.Losses;

/// <summary>Embeddings of past steps, without gradient, the oldest first: cross-batch memory (Wang et al. 2020, arXiv 1912.06798).</summary>
public sealed record EmbeddingMemory
{
    /// <summary>Embeddings by text column, each [rows, dim].</summary>
    public required ImmutableArray<torch.Tensor> Columns { get; init; }

    /// <summary>XxHash64 of each text, by column then row. 0: the row lacks this text.</summary>
    public required ImmutableArray<ImmutableArray<ulong>> TextHashes { get; init; }

    /// <summary>Class of each row; −1 without labels.</summary>
    public required ImmutableArray<int> Labels { get; init; }

    /// <summary>Number of rows.</summary>
    public int Rows => Labels.Length;
}
