using System.Runtime.InteropServices;
using Distributed.Training.Collectives;
using Distributed.Training.Optimization;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>
/// The state of training as one run of bytes, for peers and checkpoints: steps decided and optimizer steps taken (two int64, little-endian), then
/// parameters, first and second moments, each as the flat buffers hold them.
/// </summary>
internal sealed class TrainerState(FlatParameters parameters, AdamW optimizer)
{
    private const int HeaderBytes = 2 * sizeof(long);

    public long Bytes => HeaderBytes + Buffers.Sum(buffer => buffer.numel() * buffer.element_size());

    private Tensor[] Buffers => [parameters.Values, optimizer.FirstMoment, optimizer.SecondMoment];

    public void Export(Span<byte> state, long stepsDecided)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(state.Length, Bytes);
        MemoryMarshal.Write(state, stepsDecided);
        MemoryMarshal.Write(state[sizeof(long)..], optimizer.StepCount);
        state = state[HeaderBytes..];
        foreach (var buffer in Buffers)
        {
            var bytes = new TensorMemory<byte>(buffer).GetSpan();
            bytes.CopyTo(state);
            state = state[bytes.Length..];
        }
    }

    /// <summary>Takes the state over and returns the steps it includes.</summary>
    public long Import(ReadOnlySpan<byte> state)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(state.Length, Bytes);
        var stepsDecided = MemoryMarshal.Read<long>(state);
        optimizer.StepCount = MemoryMarshal.Read<long>(state[sizeof(long)..]);
        state = state[HeaderBytes..];
        foreach (var buffer in Buffers)
        {
            var bytes = new TensorMemory<byte>(buffer).GetSpan();
            state[..bytes.Length].CopyTo(bytes);
            state = state[bytes.Length..];
        }

        return stepsDecided;
    }
}
