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
    private const long WindowBytes = 1L << 30; // what one span holds, by far

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
    /// <remarks>One collective, but for more than <paramref name="windowBytes"/>: then one for each so many bytes of whole rows.</remarks>
    public static async ValueTask ExchangeAsync(
        Tensor rows, StepPlan plan, ICollectives collectives, CancellationToken cancellationToken, long windowBytes = WindowBytes)
    {
        var rowBytes = rows.numel() / Math.Max(1, plan.Rows.Length) * rows.element_size();
        var rowsPerWindow = (int)Math.Clamp(windowBytes / Math.Max(1, rowBytes), 1, Math.Max(1, plan.Rows.Length));
        for (var start = 0; start == 0 || start < plan.Rows.Length; start += rowsPerWindow)
        {
            var window = new ShardRange(start, Math.Min(rowsPerWindow, plan.Rows.Length - start));
            using var part = rows.narrow(0, window.Start, window.Count);
            using var memory = new TensorMemory<byte>(part);
            await collectives.AllGatherAsync(memory.Memory, Offsets(plan, collectives.Runs, window, rowBytes), cancellationToken).ConfigureAwait(false);
        }
    }

    // Where the rows of each rank begin in a window, and where the last one's end.
    private static long[] Offsets(StepPlan plan, ImmutableArray<ShardRun> runs, ShardRange window, long rowBytes) =>
        [.. runs.Select(run => (Math.Clamp(plan.Shards[run.First].Start, window.Start, window.End) - window.Start) * rowBytes), window.Count * rowBytes];

    public void Dispose() => _memory?.Dispose();
}
