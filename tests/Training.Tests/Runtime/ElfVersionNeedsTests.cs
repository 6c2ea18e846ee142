using System.Reflection;
using Distributed.Training.Runtime;

namespace Distributed.Training.Tests.Runtime;

public sealed class ElfVersionNeedsTests
{
    private const string Library = "libstdc++.so.6";
    private const string Version = "GLIBCXX_3.4.32";

    [Fact]
    public void Weaken_TheBridge_ChangesOneByteOnce()
    {
        var image = Bridge();

        var weakened = ElfVersionNeeds.Weaken(image, Library, Version)!;

        var changed = Enumerable.Range(0, image.Length).Where(i => image[i] != weakened[i]).ToArray();
        Assert.Single(changed);
        Assert.Equal(image[changed[0]] | 2, weakened[changed[0]]);
        Assert.Equal(weakened, ElfVersionNeeds.Weaken(weakened, Library, Version));
    }

    [Theory]
    [InlineData("libstdc++.so.6", "GLIBCXX_9.9.9")]
    [InlineData("libnone.so", "GLIBCXX_3.4.32")]
    [InlineData("libstdc++.so.6", "GLIBCXX_3.4.3")]
    public void Weaken_NeedThatIsNotThere_IsNull(string library, string version)
        => Assert.Null(ElfVersionNeeds.Weaken(Bridge(), library, version));

    [Fact]
    public void Weaken_NoElfFile_IsNull()
    {
        Assert.Null(ElfVersionNeeds.Weaken([], Library, Version));
        Assert.Null(ElfVersionNeeds.Weaken(new byte[1000], Library, Version));
        Assert.Null(ElfVersionNeeds.Weaken(Enumerable.Repeat((byte)0xff, 1000).ToArray(), Library, Version));
    }

    [Fact]
    public void Weaken_TruncatedOrDamaged_DoesNotThrow()
    {
        var image = Bridge();
        var header = image.AsSpan(0, 64).ToArray();
        foreach (var length in new[] { 6, 63, 64, 100, 10_000, image.Length - 1 })
            ElfVersionNeeds.Weaken(image.AsSpan(0, length), Library, Version);
        for (var i = 0x28; i < 64; i++)
        {
            header.CopyTo(image, 0);
            image[i] ^= 0x55;
            ElfVersionNeeds.Weaken(image, Library, Version);
        }
    }

    private static byte[] Bridge()
    {
        var package = typeof(TorchRuntime).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "TorchSharpPackageFolder").Value!;
        return File.ReadAllBytes(Path.Combine(package, "runtimes", "linux-x64", "native", "libLibTorchSharp.so"));
    }
}
