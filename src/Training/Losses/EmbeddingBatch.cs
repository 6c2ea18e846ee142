using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Runtime;
using TorchSharp;

namespace Distributed.Training.Losses;

/// <summary>The gathered embeddings of a global batch, the same on every rank, in canonical order. Owns none of its tensors.</summary>
public sealed record EmbeddingBatch
{
    /// <summary>Embeddings by text column, each [rows, dim], float32 or float64, without gradient. Rows that lack the text hold zeros.</summary>
    public required ImmutableArray<torch.Tensor> Columns { get; init; }

    /// <summary>XxHash64 of each text, by column then row: equal texts are false negatives of one another. 0: the row lacks this text.</summary>
    public required ImmutableArray<ImmutableArray<ulong>> TextHashes { get; init; }

    /// <summary>Class of each row; −1 without labels.</summary>
    public required ImmutableArray<int> Labels { get; init; }

    /// <summary>Score of each row, such as how similar its texts are; empty without scores.</summary>
    public ImmutableArray<float> Scores { get; init; } = [];

    /// <summary>The guide model's embeddings by text column, each [rows, guide dim]; empty without a guide.</summary>
    public ImmutableArray<torch.Tensor> Guides { get; init; } = [];

    /// <summary>Embeddings of past steps; null where the loss has no memory, or none yet.</summary>
    public EmbeddingMemory? Memory { get; init; }

    /// <summary>The logical shards. Tiles follow them: a product's shape, and so its last bits, never depends on how ranks share the work.</summary>
    public required ImmutableArray<ShardRange> Shards { get; init; }

    /// <summary>Where passes over the batch take large tensors from, those of <see cref="ILossPass.Gradient"/> among them.</summary>
    internal TensorPool Pool { get; init; } = TensorPool.None;

    /// <summary>Rows of the global batch, N.</summary>
    public int Rows => Labels.Length;
}
