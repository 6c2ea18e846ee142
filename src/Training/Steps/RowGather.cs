using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Collectives;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>
/// One value vector per row of the global batch, gathered in place: each rank writes the rows of its shards and receives all others.
/// The memory is kept from step to step, since fresh pages cost more than the copy.
/// </summary>
internal sealed class RowGather(ScalarType dtype) : IDisposable
{
    private Tensor? _memory;

    /// <summary>A [rows, width] view over the kept memory, filled with zeros. The caller disposes the view.</summary>
    public Tensor Open(long rows, long width)
    {
        if (_memory is null || _memory.numel() < rows * width)
        {
            _memory?.Dispose();
            _memory = empty(rows * width, dtype: dtype).DetachFromDisposeScope();
        }

        using var scope = NewDisposeScope();
        return _memory.narrow(0, 0, rows * width).view(rows, width).zero_().DetachFromDisposeScope();
    }

    /// <summary>Exchanges the rows that <see cref="Open"/> gave: afterwards every rank holds all of them.</summary>
    public static async ValueTask ExchangeAsync(Tensor rows, StepPlan plan, ICollectives collectives, CancellationToken cancellationToken)
    {
        var rowBytes = rows.numel() / Math.Max(1, plan.Rows.Length) * rows.element_size();
        using var memory = new TensorMemory<byte>(rows);
        await collectives.AllGatherAsync(memory.Memory, Offsets(plan, collectives.Runs, rowBytes), cancellationToken).ConfigureAwait(false);
    }

    private static long[] Offsets(StepPlan plan, ImmutableArray<ShardRun> runs, long rowBytes) =>
        [.. runs.Select(run => plan.Shards[run.First].Start * rowBytes), plan.Rows.Length * rowBytes];

    public void Dispose() => _memory?.Dispose();
}
