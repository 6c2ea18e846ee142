using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Distributed.Training.Runtime;

/// <summary>
/// Finds and loads libtorch and libLibTorchSharp by full path, so that neither has to lie beside the program: TorchSharp's later look-ups by
/// name are answered with the libraries already loaded.
/// </summary>
internal static class NativeLibraries
{
    private const string Torch = "libtorch.so";
    private const string Bridge = "libLibTorchSharp.so";
    private const string NativeFolder = "runtimes/linux-x64/native";

    /// <summary>Loads both libraries. <paramref name="torchFolder"/>, where given, is the only place to look for libtorch.</summary>
    /// <exception cref="TorchRuntimeException">One of them is missing or does not load.</exception>
    public static void Load(string? torchFolder)
    {
        var torch = Find(Torch, torchFolder is not null ? [torchFolder] : Folders("TorchPackageFolder"));
        var bridge = Find(Bridge, Folders("TorchSharpPackageFolder"));
        LoadTorch(torch);
        LoadBridge(bridge);
    }

    private static string[] Folders(string packageKey)
    {
        var package = typeof(NativeLibraries).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(metadata => metadata.Key == packageKey)?.Value;
        string[] beside = [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, NativeFolder)];
        return string.IsNullOrEmpty(package) ? beside : [.. beside, Path.Combine(package, NativeFolder)];
    }

    private static string Find(string file, string[] folders)
        => folders.Select(folder => Path.GetFullPath(Path.Combine(folder, file))).FirstOrDefault(File.Exists)
            ?? throw new TorchRuntimeException($"{file} is in none of {string.Join(", ", folders)}");

    private static void LoadTorch(string path)
    {
        try
        {
            NativeLibrary.Load(path);
        }
        catch (DllNotFoundException failure)
        {
            throw new TorchRuntimeException($"{path} does not load: {OneLine(failure.Message)}", failure);
        }
    }

    private static void LoadBridge(string path)
    {
        try
        {
            NativeLibrary.Load(path);
        }
        catch (DllNotFoundException failure)
        {
            if (!TryLoadWeakened(path))
                throw new TorchRuntimeException($"{path} does not load: {OneLine(failure.Message)}", failure);
        }
    }

    /// <summary>
    /// libLibTorchSharp.so asks for a newer libstdc++ than Debian 12 and Ubuntu 22.04 have, for the sake of one symbol that nothing calls. A copy
    /// in which that need is weak loads there. The original is left alone: package caches share their files by hard links.
    /// </summary>
    private static bool TryLoadWeakened(string path)
    {
        if (ElfVersionNeeds.Weaken(File.ReadAllBytes(path), "libstdc++.so.6", "GLIBCXX_3.4.32") is not { } weakened)
            return false;
        foreach (var folder in CacheFolders(Convert.ToHexStringLower(SHA256.HashData(weakened))))
        {
            if (TryStore(folder, weakened) && NativeLibrary.TryLoad(Path.Combine(folder, Bridge), out _))
                return true;
        }

        return false;
    }

    private static IEnumerable<string> CacheFolders(string hash)
    {
        if (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home)
            yield return Path.Combine(home, ".cache", "distributed", "native", hash);
        yield return Directory.CreateTempSubdirectory("distributed-native-").FullName;
    }

    /// <summary>Puts the library into the folder unless those very bytes are there already. Several workers may do so at once.</summary>
    private static bool TryStore(string folder, byte[] library)
    {
        var path = Path.Combine(folder, Bridge);
        var aside = $"{path}.{Environment.ProcessId}";
        try
        {
            if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(library))
                return true;
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(aside, library);
            File.Move(aside, path, overwrite: true);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
