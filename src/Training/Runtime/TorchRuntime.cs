using System.Runtime.InteropServices;
using TorchSharp;

namespace Distributed.Training.Runtime;

/// <summary>Brings libtorch up in this process. To be called before anything else of TorchSharp.</summary>
public static partial class TorchRuntime
{
    private const int TrimThreshold = -1; // M_TRIM_THRESHOLD
    private const int TopPad = -2; // M_TOP_PAD
    private const int MaxMappings = -4; // M_MMAP_MAX
    private const int TopPadBytes = 256 << 20;

    private static readonly Lock Gate = new();
    private static bool _loaded;

    /// <summary>Whether libtorch was built with CUDA and sees a device. False before <see cref="Initialize"/>.</summary>
    public static bool CudaIsAvailable { get; private set; }

    /// <summary>
    /// Loads libtorch and sets the number of threads its operators use. Thread-safe; repeated calls only set the number of threads.
    /// Results depend on that number in their last bits: it belongs to the job, not to the machine.
    /// </summary>
    /// <param name="threads">Threads an operator uses, at least 1.</param>
    /// <param name="torchFolder">Folder with libtorch.so, such as torch/lib of a Python install; null: beside the program, else the package.</param>
    /// <exception cref="TorchRuntimeException">libtorch is missing or does not load.</exception>
    public static void Initialize(int threads, string? torchFolder = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        lock (Gate)
        {
            if (!_loaded)
                Load(threads, torchFolder);
            _loaded = true;
            torch.set_num_threads(threads);
        }
    }

    private static void Load(int threads, string? torchFolder)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            throw new TorchRuntimeException($"Linux on x64 is needed, this is {RuntimeInformation.RuntimeIdentifier}");
        KeepFreedMemory();
        LimitThreads(threads);
        NativeLibraries.Load(torchFolder);
        try
        {
            CudaIsAvailable = torch.cuda.is_available();
        }
        catch (Exception failure) when (failure is TypeInitializationException or DllNotFoundException or NotSupportedException or EntryPointNotFoundException)
        {
            throw new TorchRuntimeException($"TorchSharp does not start: {(failure.InnerException ?? failure).Message.ReplaceLineEndings(" ")}", failure);
        }
    }

    /// <summary>
    /// glibc maps every large tensor afresh and gives it back when freed; fresh pages then cost more than the arithmetic. With these settings
    /// freed memory stays with the process (25.9 instead of 17.2 rows per CPU second on MiniLM's shape).
    /// </summary>
    private static void KeepFreedMemory()
    {
        // mallopt answers 0 where it does not take an option: then the process is slower, and nothing else.
        _ = SetMallocOption(MaxMappings, 0);
        _ = SetMallocOption(TrimThreshold, int.MaxValue);
        _ = SetMallocOption(TopPad, TopPadBytes);
    }

    /// <summary>
    /// OpenMP keeps the number of threads for each calling thread apart: set_num_threads reaches only its own, and a step that goes on elsewhere
    /// after an await would compute other last bits. The library's default, read from the environment as it loads, holds for all.
    /// </summary>
    private static void LimitThreads(int threads)
    {
        foreach (var variable in (string[])["OMP_NUM_THREADS", "MKL_NUM_THREADS"])
            _ = SetEnvironment(variable, $"{threads}", 1);
    }

    // Not Environment.SetEnvironmentVariable: native code does not see what that sets.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int SetMallocOption(int option, int value);
}
