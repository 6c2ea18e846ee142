using System.Collections.Immutable;
using Distributed.Testing;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Triplets;

/// <summary>Batches of labelled rows.</summary>
internal static class LabelledRows
{
    public static EmbeddingBatch Batch(ScalarType dtype, ImmutableArray<int> labels, double[,] rows) => Batch(dtype, labels, tensor(rows));

    public static EmbeddingBatch Batch(ScalarType dtype, ImmutableArray<int> labels, Tensor rows) => new()
    {
        Columns = [rows.to(dtype)],
        TextHashes = [[.. labels.Select((_, row) => (ulong)row + 1)]],
        Labels = labels,
        Shards = LossRun.Shards(labels.Length, Math.Min(2, labels.Length)),
    };

    public static EmbeddingMemory Memory(ScalarType dtype, ImmutableArray<int> labels, double[,] rows) => new()
    {
        Columns = [tensor(rows).to(dtype)],
        TextHashes = [[.. labels.Select(_ => 0UL)]],
        Labels = labels,
    };

    /// <summary>Rows of some classes around centres at some distance from one another.</summary>
    public static EmbeddingBatch Clusters(int count, int classes, int dim, int seed)
    {
        using var generator = new Generator((ulong)seed);
        var labels = Enumerable.Range(0, count).Select(row => row * 7 % classes).ToImmutableArray();
        var centres = randn([classes, dim], float64, generator: generator);
        return Batch(float64, labels, centres.index_select(0, tensor(labels.ToArray(), int64)) + randn([count, dim], float64, generator: generator));
    }
}
