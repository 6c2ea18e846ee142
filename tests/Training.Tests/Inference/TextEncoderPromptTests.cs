using System.Text.Json.Nodes;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Testing;
using Distributed.Training.Collectives;
using Distributed.Training.Evaluation;
using Distributed.Training.Inference;
using Distributed.Training.Models;
using Distributed.Training.Tests.Models;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Inference;

public sealed class TextEncoderPromptTests
{
    private const int Tokens = 300;
    private const double Tolerance = 1e-5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "encode_default")]
    [InlineData("", "encode_no_prompt_f32")]
    [InlineData("passage: ", "encode_document_f32")]
    [InlineData("Represent: ", "encode_own_prompt_f32")]
    public async Task EncodeAsync_ModelThatLeavesPromptsOut_GivesThePeersEmbeddings(string? prompt, string stored)
    {
        var reference = new FamilyReference("bert-variants/prompts");
        using var model = EmbeddingModel.Load(reference.Folder);

        var embeddings = await new TextEncoder(model, Alone(), Tokens, prompt).EncodeAsync(reference.Sentences, null, Cancellation);

        AssertNear(reference.Tensor(stored), embeddings);
    }

    [Fact]
    public async Task EncodeAsync_ModelThatCutsEmbeddings_KeepsTheFirstComponents()
    {
        using var folder = new TemporaryFolder();
        var reference = new FamilyReference("bert-variants/dense");
        var path = folder.Copy(reference.Folder, "model");
        var settings = Path.Combine(path, "config_sentence_transformers.json");
        var json = JsonNode.Parse(File.ReadAllText(settings))!;
        json["truncate_dim"] = 7;
        File.WriteAllText(settings, json.ToJsonString());
        using var model = EmbeddingModel.Load(path);

        var embeddings = await new TextEncoder(model, Alone(), Tokens).EncodeAsync(reference.Sentences, null, Cancellation);

        Assert.Equal((7, 7, 20), (model.Dim, embeddings.Dim, model.Encoder.Dim));
        using var expected = reference.Tensor("encode_default");
        AssertNear(expected.narrow(1, 0, 7), embeddings);
    }

    [Fact]
    public async Task Evaluator_ModelWithPrompts_ReadsQueriesAndEntriesWithTheirs()
    {
        var reference = new FamilyReference("bert-variants/prompts");
        using var model = EmbeddingModel.Load(reference.Folder);
        var set = new RetrievalSet(["a cat sat", "the dog"], ["a cat sat", "the dog"], ["0", "1"], [[new(0, 1)], [new(1, 1)]]);

        var scores = await new RetrievalEncoders(model, options: null, Alone(), Tokens).Evaluator(encoded: null).EvaluateAsync(set, Cancellation);
        var byHand = await new RetrievalEvaluator(
            (texts, cancelled) => new TextEncoder(model, Alone(), Tokens, "query: ").EncodeAsync(texts, null, cancelled),
            (texts, cancelled) => new TextEncoder(model, Alone(), Tokens, "passage: ").EncodeAsync(texts, null, cancelled),
            Alone()).EvaluateAsync(set, Cancellation);

        Assert.Equal(byHand, scores);
    }

    private static ICollectives Alone() => LoopbackCollectives.Create(1, [new ShardRun(0, 1)])[0];

    private static void AssertNear(Tensor expected, EmbeddingMatrix actual)
    {
        using var scope = NewDisposeScope();
        Assert.InRange(EncoderReference.MaxDifference(expected, tensor(actual.Values.ToArray()).view(actual.Count, actual.Dim)), 0, Tolerance);
    }
}
