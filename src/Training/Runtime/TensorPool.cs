using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Runtime;

/// <summary>
/// Large tensors on the CPU that go and come again, kept in between. A heap that they are freed to grows to several times of what lives in it: glibc gives the few
/// bytes before an aligned block to small allocations, and the freed block is then too small for the next one of its size. Not thread-safe.
/// </summary>
internal sealed class TensorPool : IDisposable
{
    private const long SmallestKept = 128 << 10; // bytes; below, the heap does well
    private const int MostWaste = 2;             // a block serves what needs at least half of it

    private readonly bool _keeps;
    private readonly List<Tensor> _free = []; // flat
    private readonly Dictionary<nint, Tensor> _rented = [];

    /// <summary>A pool that keeps what is given back.</summary>
    public TensorPool()
        : this(keeps: true)
    {
    }

    private TensorPool(bool keeps) => _keeps = keeps;

    /// <summary>Keeps nothing: every tensor is new. Thread-safe.</summary>
    public static TensorPool None { get; } = new(keeps: false);

    /// <summary>Tensors that were not given back.</summary>
    public int Rented => _rented.Count;

    /// <summary>
    /// A contiguous tensor [rows, columns] that starts at a cache line; what is in it is undefined. To be given back by <see cref="Return"/>: disposed alone, its
    /// memory goes when the pool does.
    /// </summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="like">Any tensor of the type and device that are wanted.</param>
    public Tensor Rent(long rows, long columns, Tensor like)
    {
        var (count, dtype, device) = (rows * columns, like.dtype, like.device);
        if (!_keeps || device.type != DeviceType.CPU || count * dtype.ElementSize() < SmallestKept)
            return empty([rows, columns], dtype, device);

        var block = TakeFree(count, dtype) ?? empty(count, dtype: dtype, device: device).DetachFromDisposeScope();
        _rented.Add(Address(block), block);
        using var flat = block.narrow(0, 0, count);
        return flat.view(rows, columns);
    }

    /// <summary>The same, filled with zeros.</summary>
    public Tensor RentZeros(long rows, long columns, Tensor like)
    {
        var rented = Rent(rows, columns, like);
        using var scope = NewDisposeScope();
        rented.zero_();
        return rented;
    }

    /// <summary>Disposes a tensor. If it was rented here, its memory serves the next.</summary>
    public void Return(Tensor tensor)
    {
        if (_keeps && tensor.device_type == DeviceType.CPU && _rented.Remove(Address(tensor), out var block))
            _free.Add(block);
        tensor.Dispose();
    }

    /// <summary>Frees all memory, rented or not.</summary>
    public void Dispose()
    {
        foreach (var block in _free.Concat(_rented.Values))
            block.Dispose();
        _free.Clear();
        _rented.Clear();
    }

    private Tensor? TakeFree(long count, ScalarType dtype)
    {
        var best = _free.Where(block => block.dtype == dtype && block.numel() >= count && block.numel() <= count * MostWaste).MinBy(block => block.numel());
        if (best is not null)
            _free.RemoveAt(_free.FindIndex(block => ReferenceEquals(block, best))); // Remove would compare what is in them, and not find one with a NaN
        return best;
    }

    private static unsafe nint Address(Tensor tensor) => (nint)tensor.Pointer<byte>();
}
