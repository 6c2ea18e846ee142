using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Evaluation;

namespace Distributed.Training.Tests.Evaluation;

public sealed class MergedModelCardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Render_SaysWhatTheModelIs()
    {
        var card = MergedModelCard.Render(new MergedModelFacts
        {
            Name = "merged", BaseModel = "org/base", Adapter = "law", License = ["license: apache-2.0"], Dim = 384, MaxTokens = 256, Poolings = [PoolingMode.Mean],
            Prompts = [KeyValuePair.Create("query", "a|b: ")], Normalize = true, Parameters = 1000,
        });

        Assert.StartsWith("---\nlibrary_name: sentence-transformers\n", card, StringComparison.Ordinal);
        Assert.Contains("- feature-extraction\nlicense: apache-2.0\nbase_model: \"org/base\"\n---\n\n# merged\n", card, StringComparison.Ordinal);
        Assert.Contains("`org/base` with the LoRA adapter `law` added to its weights.", card, StringComparison.Ordinal);
        Assert.Contains("| embedding | 384 dimensions, mean pooling, length 1 |\n| longest text | 256 tokens; the rest is cut |\n", card, StringComparison.Ordinal);
        Assert.Contains("| prompts | query `a\\|b: ` |\n", card, StringComparison.Ordinal);
        Assert.Contains("distributed encode --model path/to/this/folder", card, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("---\nlanguage: en\nlicense: mit\nlicense_link: x\n---\nlicense: none", "license: mit", "license_link: x")]
    [InlineData("---\r\nlicense: other\r\nlicense_name:\r\n---\r\n", "license: other")]
    [InlineData("# Card\n---\nlicense: mit\n---\n")]
    [InlineData("---\nlicense: mit\n")]
    [InlineData("")]
    public void LicenseOf_Card_IsWhatItsFrontMatterSays(string text, params string[] expected)
    {
        File.WriteAllText(_folder.PathOf("README.md"), text);

        Assert.Equal(expected, MergedModelCard.LicenseOf(_folder.Path));
    }

    [Fact]
    public void LicenseOf_FolderWithoutACard_IsNone() => Assert.Empty(MergedModelCard.LicenseOf(_folder.Path));
}
