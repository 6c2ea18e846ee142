using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Distributed.Jobs.Losses;
using Distributed.Training.Checkpoints;
using Distributed.Training.Collectives;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>
/// Cross-batch memory (Wang et al. 2020, arXiv 1912.06798): the newest rows of committed steps, the oldest first, the same on every rank. A step's rows are
/// staged when its gradient is computed and enter only when the step is committed, so that a replayed or skipped one leaves no trace.
/// </summary>
internal sealed class MemoryRing : IDisposable
{
    private readonly MemoryOptions _options;
    private readonly ImmutableArray<Tensor> _tracks; // each [capacity, …]: the rows held, then zeros
    private ImmutableArray<Tensor> _staged = [];     // by track, the rows that may enter
    private int _count;

    public MemoryRing(string dataset, MemoryOptions options, RowLayout rows)
    {
        _options = options;
        Layout = new MemoryLayout(dataset, options.Rows, rows.Columns, rows.Dim);
        _tracks = [.. Layout.Tracks.Select(track => zeros([.. track.Shape], track.Type).DetachFromDisposeScope())];
    }

    /// <summary>How it lies in a state.</summary>
    public MemoryLayout Layout { get; }

    /// <summary>What the loss of a step is offered, its tensors the caller's; null: nothing yet.</summary>
    public EmbeddingMemory? Offer(long step) => _count == 0 || step < _options.FromStep ? null : new EmbeddingMemory
    {
        Columns = [.. _tracks[..Layout.Columns].Select(embeddings => embeddings.narrow(0, 0, _count))],
        TextHashes = [.. _tracks[Layout.Columns..^1].Select(hashes => MemoryMarshal.Cast<byte, ulong>(Bytes(hashes))[.._count].ToImmutableArray())],
        Labels = MemoryMarshal.Cast<byte, int>(Bytes(_tracks[^1]))[.._count].ToImmutableArray(),
    };

    /// <summary>Copies the newest rows of a batch whose step may yet be committed.</summary>
    public void Stage(EmbeddingBatch batch)
    {
        Drop();
        var first = Math.Max(0, batch.Rows - _options.Rows);
        using var scope = NewDisposeScope();
        _staged =
        [
            .. batch.Columns.Select(column => column.narrow(0, first, batch.Rows - first).clone().DetachFromDisposeScope()),
            .. batch.TextHashes.Select(hashes => tensor(MemoryMarshal.Cast<ulong, long>(hashes.AsSpan()[first..]).ToArray()).DetachFromDisposeScope()),
            tensor(batch.Labels.AsSpan()[first..].ToArray()).DetachFromDisposeScope(),
        ];
    }

    /// <summary>The staged rows enter, the oldest leave.</summary>
    public void Commit()
    {
        if (_staged.IsEmpty)
            return;
        var entering = (int)_staged[0].size(0);
        var kept = Math.Min(_count, _options.Rows - entering);
        foreach (var (track, staged) in _tracks.Zip(_staged))
        {
            var bytes = Bytes(track);
            var rowBytes = bytes.Length / _options.Rows;
            bytes[((_count - kept) * rowBytes)..(_count * rowBytes)].CopyTo(bytes);
            Bytes(staged).CopyTo(bytes[(kept * rowBytes)..]);
        }

        _count = kept + entering;
        Drop();
    }

    /// <summary>Forgets the staged rows.</summary>
    public void Drop()
    {
        foreach (var rows in _staged)
            rows.Dispose();
        _staged = [];
    }

    /// <summary>Writes the rows held into their part of a state.</summary>
    public void Export(Span<byte> state)
    {
        BinaryPrimitives.WriteInt64LittleEndian(state, _count);
        state = state[sizeof(long)..];
        foreach (var track in _tracks)
        {
            Bytes(track).CopyTo(state);
            state = state[Bytes(track).Length..];
        }
    }

    /// <summary>Takes the rows of another replica over.</summary>
    public void Import(ReadOnlySpan<byte> state)
    {
        Drop();
        _count = checked((int)BinaryPrimitives.ReadInt64LittleEndian(state));
        state = state[sizeof(long)..];
        foreach (var track in _tracks)
        {
            state[..Bytes(track).Length].CopyTo(Bytes(track));
            state = state[Bytes(track).Length..];
        }
    }

    public void Dispose()
    {
        Drop();
        foreach (var track in _tracks)
            track.Dispose();
    }

    private static Span<byte> Bytes(Tensor track) => new TensorMemory<byte>(track).GetSpan();
}
