using Distributed.Jobs;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>
/// A rank's shards on their way through the encoder and back, one micro-batch at a time.
/// With the gradient cache, the first pass keeps no graph and <see cref="Backward"/> embeds each micro-batch again, under the same dropout masks,
/// right before its backward pass (GradCache, Gao et al. 2021, arXiv 2101.06983): the activations of one micro-batch are held, whatever the
/// size of the batch. Without it, the graphs of all micro-batches wait for their gradient. Both give the same bits.
/// </summary>
internal sealed class EncodedShards(SentenceEncoder encoder, StepInput input, int seed, Precision precision, bool usesGradientCache) : IDisposable
{
    private const int MicroBatchesBetweenFinalizers = 32;

    private readonly Dictionary<DropoutKey, Tensor> _graphs = [];
    private int _microBatches; // gone through, in either pass

    /// <summary>First pass: writes the share's embeddings into <paramref name="gathered"/>, [rows of the global batch, width of the layout].</summary>
    public void Encode(Tensor gathered, RowLayout layout)
    {
        foreach (var shard in input.Shards)
        {
            using var scope = NewDisposeScope();
            var slots = layout.Embeddings(gathered.narrow(0, shard.Rows.Start, shard.Rows.Count)); // [shard rows × columns, dim]
            for (var index = 0; index < shard.MicroBatches.Length; index++)
            {
                EncodeOne(shard.MicroBatches[index], Key(shard, index), slots);
                EndMicroBatch();
            }
        }
    }

    /// <summary>Second pass over one shard: adds its share of the parameters' gradient to their gradient buffers.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="gradientOf">Gradient of the loss with respect to the embeddings of some texts, [texts, dim], by their slots in the shard.</param>
    public void Backward(ShardInput shard, Func<IReadOnlyList<long>, Tensor> gradientOf)
    {
        for (var index = 0; index < shard.MicroBatches.Length; index++)
        {
            BackwardOne(shard.MicroBatches[index], Key(shard, index), gradientOf);
            EndMicroBatch();
        }
    }

    private void EncodeOne(MicroBatchInput microBatch, DropoutKey key, Tensor slots)
    {
        using var scope = NewDisposeScope();
        var embeddings = EncodeFirst(microBatch, key);
        using var withoutGraph = no_grad();
        slots.index_copy_(0, tensor(microBatch.Slots, device: slots.device), embeddings.detach());
    }

    private void BackwardOne(MicroBatchInput microBatch, DropoutKey key, Func<IReadOnlyList<long>, Tensor> gradientOf)
    {
        using var scope = NewDisposeScope();
        using var embeddings = TakeGraph(microBatch, key);
        embeddings.backward([gradientOf(microBatch.Slots)]);
    }

    // What is dead but waits for its finalizer, and what is free but lies between, would let the process grow with the number of micro-batches.
    private void EndMicroBatch()
    {
        if (++_microBatches % MicroBatchesBetweenFinalizers == 0)
            FinalizerGate.CatchUp();
        NativeHeap.TrimIfGrown();
    }

    private Tensor EncodeFirst(MicroBatchInput microBatch, DropoutKey key)
    {
        if (usesGradientCache)
        {
            using var withoutGraph = no_grad();
            return encoder.Encode(microBatch.Tokens, key, precision);
        }

        return _graphs[key] = encoder.Encode(microBatch.Tokens, key, precision).DetachFromDisposeScope();
    }

    private Tensor TakeGraph(MicroBatchInput microBatch, DropoutKey key) =>
        _graphs.Remove(key, out var embeddings) ? embeddings : encoder.Encode(microBatch.Tokens, key, precision);

    private DropoutKey Key(ShardInput shard, int microBatch) => new(seed, input.Plan.Step, shard.Shard, microBatch);

    public void Dispose()
    {
        foreach (var graph in _graphs.Values)
            graph.Dispose();
        _graphs.Clear();
    }
}
