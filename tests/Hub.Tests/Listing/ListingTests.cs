using System.Text;
using Distributed.Hub.Listing;

namespace Distributed.Hub.Tests.Listing;

/// <summary>What a hub answers is read within bounds, whatever it is.</summary>
public sealed class ListingTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    // 32 MiB of these would make a document of many times that.
    [Fact]
    public void Parse_MoreNumbersThanAListHas_IsRefusedBeforeADocumentIsBuilt()
    {
        var numbers = string.Concat(Enumerable.Repeat("0,", 4_000_000));
        var (listing, index, modules) = (Utf8($"{{\"a\":[{numbers}0]}}"), Utf8($"{{\"weight_map\":[{numbers}0]}}"), Utf8($"[{numbers}0]"));
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(HubError.BadAnswer, Assert.Throws<HubException>(() => RepositoryListing.Parse(listing)).Error);
        Assert.Null(WeightIndex.Parse(index));
        Assert.Null(ModelModule.Parse(modules));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 1 << 20);
    }

    [Fact]
    public void Parse_ListOfManyFiles_IsRead()
    {
        const int Files = 200_000;
        var siblings = string.Join(",", Enumerable.Range(0, Files).Select(i => $"{{\"rfilename\":\"a{i}.json\"}}"));

        Assert.Equal(Files, RepositoryListing.Parse(Utf8($"{{\"sha\":\"{Commit}\",\"siblings\":[{siblings}]}}")).Files.Count);
    }

    /// <summary>Answers, damaged: read, or refused as what they are.</summary>
    [Fact]
    public void Parse_DamagedAnswers_AreReadOrRefused()
    {
        const int Cases = 20_000;
        byte[][] answers =
        [
            Utf8($"{{\"sha\":\"{Commit}\",\"siblings\":[{{\"rfilename\":\"config.json\"}},{{\"rfilename\":\"1_Pooling/config.json\"}}]}}"),
            Utf8("{\"metadata\":{\"total_size\":12},\"weight_map\":{\"a\":\"model-00001-of-00002.safetensors\",\"b\":\"model-00002-of-00002.safetensors\"}}"),
            Utf8("[{\"idx\":0,\"name\":\"0\",\"path\":\"\",\"type\":\"sentence_transformers.models.Transformer\"},{\"idx\":1,\"path\":\"1_Pooling\",\"type\":\"sentence_transformers.models.Pooling\"}]"),
        ];
        var refused = 0;
        for (var seed = 0; seed < Cases; seed++)
            refused += IsRead(Damaged(answers[seed % answers.Length], new Random(seed)), seed) ? 0 : 1;

        Assert.InRange(refused, Cases / 4, Cases);
    }

    private static bool IsRead(byte[] answer, int seed)
    {
        try
        {
            var isModules = ModelModule.Parse(answer) is { } modules && modules.All(module => module.Folder.Length == 0 || RepositoryPath.IsSafe(module.Folder));
            var isIndex = WeightIndex.Parse(answer) is { } shards && shards.All(RepositoryPath.IsSafe);
            return isModules || isIndex || RepositoryListing.Parse(answer).Files.All(RepositoryPath.IsSafe);
        }
        catch (HubException refusal)
        {
            Assert.True(refusal.Error == HubError.BadAnswer, $"seed {seed}: {refusal.Message}");
            return false;
        }
        catch (Exception other) when (other is not Xunit.Sdk.IAssertionException)
        {
            Assert.Fail($"seed {seed}, {Encoding.Latin1.GetString(answer)}: {other}");
            return false;
        }
    }

    private static byte[] Damaged(byte[] answer, Random random)
    {
        string[] fragments = ["0", "-1", "1e999", "null", "true", "\"\"", "[]", "{}", "[[[[", "\"\\ud800\"", "\"../\"", "\\u0000", ",", ":", "\"", "\u00e9"];
        var damaged = new List<byte>(answer);
        for (var wounds = random.Next(1, 4); wounds > 0; wounds--)
        {
            var place = random.Next(damaged.Count);
            var length = Math.Min(damaged.Count - place, random.Next(1, 12));
            var isReplaced = random.Next(3);
            if (isReplaced == 0)
                damaged[place] = (byte)random.Next(256);
            else if (isReplaced == 1 && damaged.Count > length)
                damaged.RemoveRange(place, length);
            else
                damaged.InsertRange(place, Utf8(fragments[random.Next(fragments.Length)]));
        }

        return [.. damaged];
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
