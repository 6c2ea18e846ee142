using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;
using Distributed.Training.Optimization;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>
/// Adds the parameter gradients of a rank's shards in the order of <see cref="ShardTree"/>, one buffer per subtree that waits for its sibling:
/// about log₂ of the shard count buffers, kept from step to step.
/// </summary>
internal sealed class GradientTree(FlatParameters parameters)
{
    private readonly List<TensorMemory<float>> _memory = [];

    /// <summary>The first buffer: where the whole sum goes.</summary>
    public Tensor Sum => parameters.Gradient(0);

    /// <summary>The memory of <see cref="Sum"/>.</summary>
    public Memory<float> SumMemory => Buffer(0);

    /// <summary>Computes the shards of <paramref name="run"/> in order and returns the partial sums, one for each node of the run's cover.</summary>
    /// <param name="run">The rank's shards.</param>
    /// <param name="shardCount">Logical shards of the global batch.</param>
    /// <param name="backward">Adds the gradient of the shard of this number to the parameters' present gradients.</param>
    public ImmutableArray<Memory<float>> Accumulate(ShardRun run, int shardCount, Action<int> backward)
    {
        foreach (var addition in ShardTree.Schedule(run, shardCount))
        {
            parameters.UseGradient(addition.Buffer);
            backward(addition.Shard);
            for (var top = addition.Buffer; top > addition.Buffer - addition.Merges; top--)
                ShardTree.Add(Buffer(top - 1).Span, Buffer(top).Span);
        }

        return [.. Enumerable.Range(0, ShardTree.Cover(run, shardCount).Length).Select(Buffer)];
    }

    private Memory<float> Buffer(int index)
    {
        for (var next = _memory.Count; next <= index; next++)
            _memory.Add(new TensorMemory<float>(parameters.Gradient(next)));
        return _memory[index].Memory;
    }
}
