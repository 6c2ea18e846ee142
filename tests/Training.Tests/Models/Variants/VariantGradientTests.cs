using Distributed.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Variants;

/// <summary>One step of multiple-negatives ranking through every module, against the peer's gradients.</summary>
public sealed class VariantGradientTests
{
    private const double Scale = 20;
    private const double LossTolerance = 1e-12;
    private const double Float64Tolerance = 1e-9; // relative to the tensor's largest entry
    private const double Float32Tolerance = 1e-6; // where the golden gradient is stored as float32
    private const string Prefix = "0.model.";

    public static TheoryData<string> Trained =>
        [.. VariantReferenceTests.Variants.Select(row => row.Data).Where(name => new FamilyReference(name).Json.TryGetProperty("train", out _))];

    [Theory, MemberData(nameof(Trained))]
    public void Backward_OfTheRankingLoss_GivesThePeersGradients(string name)
    {
        using var scope = NewDisposeScope();
        var reference = new FamilyReference(name);
        var train = reference.Json.GetProperty("train");
        using var model = EmbeddingModel.Load(reference.Folder);
        model.Encoder.to(ScalarType.Float64);

        var loss = RankingLoss(Column(0), Column(1));
        loss.backward();

        Assert.Equal(train.GetProperty("loss_f64").GetDouble(), loss.item<double>(), LossTolerance);
        var unseen = reference.Names("grad/").ToHashSet();
        foreach (var (parameterName, parameter) in model.Encoder.named_parameters())
            AssertGradient(reference, parameterName, parameter.grad!, unseen);
        Assert.Empty(unseen);

        Tensor Column(int column) => VariantReferenceTests.Encode(
            model,
            train.GetProperty("pairs").EnumerateArray().Select(pair => pair[column].GetString()!),
            train.GetProperty("prompts")[column].GetString() ?? "");
    }

    private static Tensor RankingLoss(Tensor anchors, Tensor positives)
    {
        var scores = Unit(anchors).matmul(Unit(positives).t()) * Scale;
        return nn.functional.cross_entropy(scores, arange(scores.shape[0]));

        static Tensor Unit(Tensor rows) => rows / rows.norm(1, keepdim: true);
    }

    private static void AssertGradient(FamilyReference reference, string name, Tensor gradient, HashSet<string> unseen)
    {
        var full = char.IsDigit(name[0]) ? name : Prefix + name;
        if (name.EndsWith("word_embeddings.weight", StringComparison.Ordinal))
        {
            var rows = reference.Tensor($"grad_rows/{full}");
            AssertNear(reference.Tensor($"grad_of_rows/{full}"), gradient.index_select(0, rows), name);
            Assert.Equal(gradient.abs().sum().item<double>(), gradient.index_select(0, rows).abs().sum().item<double>(), LossTolerance);
            return;
        }

        Assert.True(unseen.Remove(full), $"no golden gradient of {full}");
        AssertNear(reference.Tensor($"grad/{full}"), gradient, name);
    }

    private static void AssertNear(Tensor expected, Tensor actual, string name)
    {
        var isKeyBias = name.EndsWith("key.bias", StringComparison.Ordinal); // its true gradient is 0
        var tolerance = expected.dtype == ScalarType.Float64 ? Float64Tolerance : Float32Tolerance;
        var limit = isKeyBias ? 1e-15 : tolerance * expected.abs().max().to(ScalarType.Float64).item<double>();
        Assert.True(EncoderReference.MaxDifference(expected, actual) <= limit, $"{name}: {EncoderReference.MaxDifference(expected, actual)} above {limit}");
    }
}
