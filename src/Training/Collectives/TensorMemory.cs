using System.Buffers;
using System.Runtime.CompilerServices;
using Distributed.Training.Runtime;
using TorchSharp;

namespace Distributed.Training.Collectives;

/// <summary>
/// A contiguous CPU tensor's own memory as <see cref="Memory{T}"/>, without a copy: what is written to one is seen in the other.
/// The tensor must outlive every use of the memory; its owner disposes it, this does not.
/// </summary>
/// <typeparam name="T">The tensor's element type, or byte for its raw bytes.</typeparam>
public sealed unsafe class TensorMemory<T> : MemoryManager<T>
    where T : unmanaged
{
    private readonly torch.Tensor _tensor;
    private readonly int _length;

    /// <summary>Exposes <paramref name="tensor"/>.</summary>
    /// <exception cref="ArgumentException">The tensor is not on the CPU, not contiguous, of another element type, or longer than a span can be.</exception>
    public TensorMemory(torch.Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.device_type != DeviceType.CPU || !tensor.is_contiguous())
            throw new ArgumentException("Only a contiguous CPU tensor has one span of memory.", nameof(tensor));
        if (typeof(T) != typeof(byte) && tensor.ElementSize != Unsafe.SizeOf<T>())
            throw new ArgumentException($"Elements of {tensor.dtype} are not of type {typeof(T).Name}.", nameof(tensor));

        var length = tensor.numel() * tensor.ElementSize / Unsafe.SizeOf<T>();
        if (length > Array.MaxLength)
            throw new ArgumentException($"{length} elements are more than a span can hold.", nameof(tensor));
        _tensor = tensor;
        _length = (int)length;
    }

    // The pointer is asked for each time (15 ns): that throws once the tensor is disposed, a kept pointer would not.

    /// <inheritdoc/>
    public override Span<T> GetSpan() => new(_tensor.Pointer<T>(), _length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, _length);
        return new(_tensor.Pointer<T>() + elementIndex, pinnable: this);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
