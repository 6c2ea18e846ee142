using System.Security.Cryptography;
using Distributed.Testing;
using Distributed.Training.Models;
using TorchSharp;

namespace Distributed.Training.Tests.Models.Folders;

/// <summary>A damaged folder loads, or is refused by name: nothing else happens, and memory is bounded.</summary>
public sealed class DamagedFolderTests : IDisposable
{
    private const long MostAllocated = 256 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_DamagedFiles_LoadsOrNamesTheFile() => AssertLoadsOrRefuses(firstSeed: 0, cases => cases < 500);

    // Other damage in every run. A failure names its seed, with which the test above repeats it.
    [Fact, Trait("Speed", "slow")]
    public void Load_FilesDamagedForMinutes_LoadsOrNamesTheFile()
    {
        const int Least = 5_000;
        var budget = TimeSpan.FromMinutes(2.5);
        var start = TimeProvider.System.GetTimestamp();

        AssertLoadsOrRefuses(RandomNumberGenerator.GetInt32(int.MaxValue), cases => cases < Least || TimeProvider.System.GetElapsedTime(start) < budget);
    }

    private void AssertLoadsOrRefuses(int firstSeed, Func<int, bool> goesOn)
    {
        var folders = FuzzedFolder.All(_folder);
        var (cases, refused) = (0, 0);
        TestContext.Current.TestOutputHelper?.WriteLine($"first seed {firstSeed}");
        for (; goesOn(cases); cases++)
        {
            var seed = unchecked(firstSeed + cases);
            var random = new Random(seed);
            var damaged = folders[random.Next(folders.Length)];
            var (file, content) = Pick(damaged.Intact, random);
            var other = Pick(folders[random.Next(folders.Length)].Intact, random).Content;
            File.WriteAllBytes(Path.Combine(damaged.Path, file), new FolderDamage(random).Of(content, EndOfText(file, content), other));

            refused += Loads(damaged, $"seed {seed}, {Path.GetRelativePath(_folder.Path, damaged.Path)}, {file}") ? 0 : 1;

            File.WriteAllBytes(Path.Combine(damaged.Path, file), content);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{cases} cases, {refused} refused");
        Assert.InRange(refused, cases / 4, cases); // damage is felt, so that something is tested
        Assert.All(folders, folder => Assert.Equal(folder.Intact.Keys, ModelFolderFiles.Of(folder.Path).Keys));
    }

    private static bool Loads(FuzzedFolder folder, string which)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        try
        {
            using (var model = folder.Load())
            {
                model.Tokenize("a [SEP] Café\n日本");
                Assert.True(model.Encoder.TokenParameters.Sum(pair => pair.Parameter.numel()) * 2 <= folder.WeightBytes, which);
            }

            return true;
        }
        catch (ModelFormatException refusal)
        {
            Assert.DoesNotContain(refusal.Message, char.IsControl);
            return false;
        }
        catch (Exception other) when (other is not Xunit.Sdk.IAssertionException)
        {
            Assert.Fail($"{which}: {other}");
            return false;
        }
        finally
        {
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < MostAllocated, which);
            Assert.True(DisposeScopeManager.Statistics.ThreadTotalLiveCount == live, $"{which}: {DisposeScopeManager.Statistics.ThreadTotalLiveCount - live} tensors are left");
        }
    }

    private static (string Name, byte[] Content) Pick(SortedDictionary<string, byte[]> files, Random random)
    {
        var (name, content) = files.ElementAt(random.Next(files.Count));
        return (name, content);
    }

    // Weights are damaged in their header: in their data any number is one.
    private static int EndOfText(string file, byte[] content)
        => file.EndsWith(".safetensors", StringComparison.Ordinal) ? 8 + BitConverter.ToInt32(content) : content.Length;
}
