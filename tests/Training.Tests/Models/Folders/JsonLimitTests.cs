using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Tokenization;

namespace Distributed.Training.Tests.Models.Folders;

/// <summary>Memory for a JSON file is bounded by what such a file needs, not by what one of its size could ask for.</summary>
public sealed class JsonLimitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tokenizer.json", 8_000_000)]
    [InlineData("vocab.json", 8_000_000)]
    [InlineData("config.json", 1_000_000)]
    [InlineData("model.safetensors.index.json", 1_000_000)]
    public void Read_MoreNumbersThanAModelHas_IsRefusedBeforeADocumentIsBuilt(string file, int most)
    {
        var path = _folder.PathOf(file);
        File.WriteAllText(path, $"{{\"a\":[{string.Concat(Enumerable.Repeat("0,", most))}0]}}");
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        var failure = Assert.Throws<ModelFormatException>(() => JsonFile.Read(path));

        Assert.Equal((path, $"more than {most} values and keys"), (failure.Path, failure.Reason));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, new FileInfo(path).Length + (1 << 20));
    }

    // 250,000 pieces with scores, and as many pairs of merges, in as many lines as Python writes.
    [Fact]
    public void Read_VocabularyOfTheLargestModels_IsRead()
    {
        const int Tokens = 250_000;
        var path = _folder.PathOf("tokenizer.json");
        var pieces = string.Join(",\n      ", Enumerable.Range(0, Tokens).Select(i => $"[\n        \"p{i}\",\n        -{i}.5\n      ]"));
        var merges = string.Join(",\n      ", Enumerable.Range(0, Tokens).Select(i => $"[\n        \"p{i}\",\n        \"q\"\n      ]"));
        File.WriteAllText(path, $"{{\"vocab\": [{pieces}], \"merges\": [{merges}]}}");
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        var json = JsonFile.Read(path);

        Assert.Equal((Tokens, Tokens), (json.Element.GetProperty("vocab").GetArrayLength(), json.Element.GetProperty("merges").GetArrayLength()));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 3 * new FileInfo(path).Length); // the file, and its structure in one piece
    }

    [Fact]
    public void Read_TokenizerOfManyNumbers_NamesTheFile()
    {
        File.WriteAllText(_folder.PathOf("tokenizer.json"), $"{{\"model\":[{string.Concat(Enumerable.Repeat("[],", 4_000_000))}0]}}");

        Assert.Equal("more than 8000000 values and keys", Assert.Throws<ModelFormatException>(() => TokenizerFolder.Read(_folder.Path)).Reason);
    }
}
