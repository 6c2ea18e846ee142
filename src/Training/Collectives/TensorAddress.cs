using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Distributed.Training.Collectives;

internal static partial class TensorAddress
{
    /// <summary>Address of a tensor's first element. Throws once the tensor is disposed.</summary>
    public static nint Of(torch.Tensor tensor) => DataPointer(tensor.Handle);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial nint DataPointer(nint tensor);
}
