using System.Collections.Concurrent;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Steps;

/// <summary>Squared distance of anchors to the mean of the positives of the batch and of the memory. Notes the memory it was offered in each step.</summary>
internal sealed class MemoryDistanceLoss : PlainLoss
{
    /// <summary>What was offered, a batch at a time: number of rows, hashes of the first texts, first numbers of the embeddings; empty: nothing.</summary>
    public ConcurrentQueue<OfferedMemory> Offered { get; } = [];

    protected override Tensor Compute(EmbeddingBatch batch)
    {
        Offered.Enqueue(OfferedMemory.Of(batch.Memory));
        var positives = batch.Memory is { } memory ? cat([batch.Columns[1].detach(), memory.Columns[1]]) : batch.Columns[1];
        return (batch.Columns[0] - positives.mean([0], keepdim: true)).square().sum(1).mean();
    }
}

/// <summary>A copy of what identifies a memory's rows.</summary>
internal sealed record OfferedMemory(ulong[] Hashes, int[] Labels, float[] FirstNumbers)
{
    public static OfferedMemory Of(EmbeddingMemory? memory) => memory is null
        ? new([], [], [])
        : new([.. memory.TextHashes[0]], [.. memory.Labels], [.. memory.Columns[0].select(1, 0).contiguous().data<float>()]);

    public int Rows => Hashes.Length;
}
