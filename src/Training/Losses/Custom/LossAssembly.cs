using System.Reflection;
using System.Runtime.Loader;

namespace Distributed.Training.Losses.Custom;

/// <summary>
/// A .dll of the user's with what it depends on. Whatever this program has too, TorchSharp and the loss's own interface before all, is the program's: a type
/// must not exist twice. The rest comes from the .dll's folder.
/// </summary>
internal sealed class LossAssembly : AssemblyLoadContext
{
    private readonly string _path;
    private readonly AssemblyDependencyResolver _dependencies;

    private LossAssembly(string path)
        : base(Path.GetFileNameWithoutExtension(path))
    {
        _path = path;
        _dependencies = new AssemblyDependencyResolver(path);
    }

    /// <summary>Loads it.</summary>
    /// <exception cref="LossException">It is not there, or no .NET assembly.</exception>
    public static Assembly Load(string path)
    {
        var fullPath = Path.GetFullPath(path);
        try
        {
            return new LossAssembly(fullPath).LoadFromAssemblyPath(fullPath);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or InvalidOperationException)
        {
            throw new LossException($"{path}: {(File.Exists(fullPath) ? "no .NET assembly" : "no such file")}", e);
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        try
        {
            return Default.LoadFromAssemblyName(new AssemblyName(assemblyName.Name!)); // whatever version the program has
        }
        catch (FileNotFoundException)
        {
            return _dependencies.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : BesideIt(assemblyName.Name!);
        }
    }

    /// <inheritdoc/>
    protected override IntPtr LoadUnmanagedDll(string unmanagedDllName) =>
        _dependencies.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : IntPtr.Zero;

    private Assembly? BesideIt(string name) =>
        Path.Combine(Path.GetDirectoryName(_path)!, name + ".dll") is var path && File.Exists(path) ? LoadFromAssemblyPath(path) : null;
}
