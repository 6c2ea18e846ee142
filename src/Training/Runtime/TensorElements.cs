using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Distributed.Training.Runtime;

/// <summary>The memory of contiguous tensors on the CPU, for numeric code that is not libtorch's.</summary>
internal static partial class TensorElements
{
    extension(torch.Tensor tensor)
    {
        /// <summary>Address of the first element. Valid while the tensor lives.</summary>
        public unsafe T* Pointer<T>()
            where T : unmanaged
            => (T*)DataPointer(tensor.Handle);

        /// <summary>The elements of a contiguous CPU tensor. Valid while the tensor lives; at most 2³¹ − 1 elements.</summary>
        public unsafe Span<T> Elements<T>()
            where T : unmanaged
            => new(tensor.Pointer<T>(), checked((int)tensor.numel()));

        /// <summary>Bytes of a contiguous CPU tensor, which may have more than a span can. Valid while the tensor lives.</summary>
        /// <param name="start">First byte.</param>
        /// <param name="length">Number of bytes.</param>
        /// <exception cref="InvalidOperationException">It is not contiguous, or not on the CPU.</exception>
        public unsafe Span<byte> Bytes(long start, int length)
        {
            if (tensor.device_type != DeviceType.CPU || !tensor.is_contiguous())
                throw new InvalidOperationException("A contiguous tensor on the CPU is needed.");
            ArgumentOutOfRangeException.ThrowIfNegative(start);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(start + length, tensor.numel() * tensor.ElementSize);
            return new(tensor.Pointer<byte>() + start, length);
        }
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial nint DataPointer(nint tensor);
}
