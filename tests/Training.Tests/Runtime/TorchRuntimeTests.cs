using Distributed.Testing;
using Distributed.Training.Runtime;
using TorchSharp;

namespace Distributed.Training.Tests.Runtime;

public sealed class TorchRuntimeTests
{
    [Fact]
    public void Initialize_Again_OnlySetsThreads()
    {
        TorchRuntime.Initialize(threads: 1);

        Assert.Equal(1, torch.get_num_threads());
        using var sum = torch.ones(3).sum();
        Assert.Equal(3, sum.item<float>());
    }

    [Fact]
    public void Initialize_NoThreads_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => TorchRuntime.Initialize(threads: 0));

    [Fact]
    public void Load_FolderWithoutLibtorch_SaysSoInOneLine()
    {
        using var folder = new TemporaryFolder();

        var exception = Assert.Throws<TorchRuntimeException>(() => NativeLibraries.Load(folder.Path));

        Assert.Equal($"libtorch.so is in none of {folder.Path}", exception.Message);
    }

    [Fact]
    public void Load_FileThatIsNoLibrary_SaysSoInOneLine()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("libtorch.so"), "no library");

        var exception = Assert.Throws<TorchRuntimeException>(() => NativeLibraries.Load(folder.Path));

        Assert.StartsWith($"{folder.PathOf("libtorch.so")} does not load: ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
