using System.Text.Json.Nodes;
using System.Text.Json;
using Distributed.Testing;
using Distributed.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Variants;

/// <summary>Prompts against the peer: their lookup, their length, and their tokens left out of the pooling.</summary>
public sealed class PromptReferenceTests
{
    private const double Float32Tolerance = 1e-5;
    private const double Float64Tolerance = 1e-7; // ModernBERT's rotary tables stay float32 in the peer

    public static TheoryData<string> WithExcludedPrompts =>
        [.. FamilyReference.All.Where(name => new FamilyReference(name).Json.TryGetProperty("prompt_excluded", out _))];

    [Theory]
    [InlineData("encode_default", null)]
    [InlineData("encode_query_f32", "query: ")]
    [InlineData("encode_document_f32", "passage: ")]
    [InlineData("encode_no_prompt_f32", "")]
    [InlineData("encode_own_prompt_f32", "Represent: ")]
    public void Encode_WithPrompt_GivesThePeersEmbeddings(string stored, string? prompt)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var reference = new FamilyReference("bert-variants/prompts");
        using var model = EmbeddingModel.Load(reference.Folder);

        var embeddings = VariantReferenceTests.Encode(model, reference.Sentences, prompt ?? model.Prompt(name: null));

        Assert.InRange(EncoderReference.MaxDifference(embeddings, reference.Tensor(stored)), 0, Float32Tolerance);
    }

    [Fact]
    public void Prompts_OfTheFolder_HaveThePeersTokens()
    {
        var reference = new FamilyReference("bert-variants/prompts");
        using var model = EmbeddingModel.Load(reference.Folder);

        foreach (var (prompt, stored) in new[] { (model.QueryPrompt, "query_prompt"), (model.DocumentPrompt, "document_prompt") })
        {
            var expected = reference.Json.GetProperty(stored);
            Assert.Equal(expected.GetProperty("prompt").GetString(), prompt);
            Assert.Equal(expected.GetProperty("prompt_length").GetInt32(), model.TokensNotPooled(prompt));
            Assert.Equal(FamilyReference.Numbers(expected.GetProperty("ids_of_prompt_and_a")), model.Tokenize("a", prompt));
        }
    }

    [Theory, MemberData(nameof(WithExcludedPrompts))]
    public void Encode_PromptExcludedInEachFamily_GivesThePeersEmbeddings(string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var folder = new TemporaryFolder();
        var reference = new FamilyReference(name);
        var cases = reference.Json.GetProperty("prompt_excluded").EnumerateArray().ToArray();
        using var model = EmbeddingModel.Load(WithoutPrompt(folder, reference.Folder));
        model.Encoder.to(ScalarType.Float64);

        var embeddings = cat([.. cases.Select(Encode)], 0);

        Assert.InRange(EncoderReference.MaxDifference(embeddings, reference.Tensor("prompt_excluded_f64")), 0, Float64Tolerance);
        foreach (var example in cases)
        {
            var prompt = example.GetProperty("prompt").GetString()!;
            Assert.Equal(example.GetProperty("prompt_length").GetInt32(), model.TokensNotPooled(prompt));
            Assert.Equal(FamilyReference.Numbers(example.GetProperty("ids")), model.Tokenize(example.GetProperty("text").GetString()!, prompt));
        }

        Tensor Encode(JsonElement example) => model.Encoder.Encode(
            EncoderInput.From([FamilyReference.Numbers(example.GetProperty("ids"))], [example.GetProperty("prompt_length").GetInt32()]), dropout: null);
    }

    private static string WithoutPrompt(TemporaryFolder folder, string model)
    {
        var copy = folder.Copy(model, "model");
        var path = Path.Combine(copy, "1_Pooling", "config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json["include_prompt"] = false;
        File.WriteAllText(path, json.ToJsonString());
        return copy;
    }
}
