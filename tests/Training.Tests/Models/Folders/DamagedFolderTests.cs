using Distributed.Testing;
using Distributed.Training.Models;
using TorchSharp;

namespace Distributed.Training.Tests.Models.Folders;

/// <summary>A damaged folder loads, or is refused by name: nothing else happens, and memory is bounded.</summary>
public sealed class DamagedFolderTests : IDisposable
{
    private const long MostAllocated = 256 << 20;

    private static readonly string[] Wanted =
        ["bert-variants/dense", "bert-variants/prompts", "bert-variants/several-poolings", "bert-variants/sharded", "roberta", "xlm-r", "mpnet", "distilbert", "modernbert"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_DamagedFiles_LoadsOrNamesTheFile() => AssertLoadsOrRefuses(firstSeed: 0, cases: 500);

    [Fact, Trait("Speed", "slow")]
    public void Load_ManyDamagedFiles_LoadsOrNamesTheFile() => AssertLoadsOrRefuses(firstSeed: 1_000_000, cases: 5_000);

    private void AssertLoadsOrRefuses(int firstSeed, int cases)
    {
        var models = Wanted.Select(name => _folder.Copy(new FamilyReference(name).Folder, name.Split('/')[^1])).ToArray();
        var intact = models.Select(ModelFolderFiles.Of).ToArray();
        var refused = 0;
        for (var seed = firstSeed; seed < firstSeed + cases; seed++)
        {
            var random = new Random(seed);
            var model = random.Next(models.Length);
            var (file, content) = Pick(intact[model], random);
            var other = Pick(intact[random.Next(models.Length)], random).Content;
            File.WriteAllBytes(Path.Combine(models[model], file), new FolderDamage(random).Of(content, EndOfText(file, content), other));

            refused += Loads(models[model], $"seed {seed}, {file}") ? 0 : 1;

            File.WriteAllBytes(Path.Combine(models[model], file), content);
        }

        Assert.InRange(refused, cases / 4, cases); // damage is felt, so that something is tested
        Assert.All(models.Zip(intact), pair => Assert.Equal(pair.Second.Keys, ModelFolderFiles.Of(pair.First).Keys));
    }

    private static bool Loads(string folder, string which)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        try
        {
            using (var model = EmbeddingModel.Load(folder))
            {
                model.Tokenize("a [SEP] Café\n日本");
                Assert.True(model.Encoder.TokenParameters.Sum(pair => pair.Parameter.numel()) * 2 <= BytesOfWeights(folder), which);
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

    private static long BytesOfWeights(string folder) => new DirectoryInfo(folder).EnumerateFiles("*.safetensors").Sum(file => file.Length);

    private static (string Name, byte[] Content) Pick(SortedDictionary<string, byte[]> files, Random random)
    {
        var (name, content) = files.ElementAt(random.Next(files.Count));
        return (name, content);
    }

    // Weights are damaged in their header: in their data any number is one.
    private static int EndOfText(string file, byte[] content)
        => file.EndsWith(".safetensors", StringComparison.Ordinal) ? 8 + BitConverter.ToInt32(content) : content.Length;
}
