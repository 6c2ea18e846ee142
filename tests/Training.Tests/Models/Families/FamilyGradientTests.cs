using Distributed.Training.Models;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Families;

/// <summary>One training batch of every family in double precision: loss and all gradients against the peer's.</summary>
public sealed class FamilyGradientTests
{
    private const double LossTolerance = 1e-12;

    // Relative to a tensor's largest entry, by the type it is stored in.
    private const double Float64Tolerance = 1e-9;
    private const double Float32Tolerance = 1e-6;

    // The true gradient of a key's bias is 0: what is stored is noise.
    private const double KeyBiasTolerance = 1e-15;

    private const string Gradient = "grad/0.model.";
    private const string Rows = "grad_rows/0.model.";
    private const string OfRows = "grad_of_rows/0.model.";

    public static TheoryData<string> Families => ["roberta", "xlm-r", "mpnet", "distilbert", "modernbert", "bert-variants/gelu-new", "bert-variants/relu-max"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Backward_TrainingBatch_GivesThePeersGradients(string name)
    {
        using var scope = NewDisposeScope();
        var reference = new FamilyReference(name);
        using var encoder = reference.LoadEncoder(isDouble: true);

        var loss = RankingLoss([.. reference.TrainedColumns.Select(texts => encoder.Encode(EncoderInput.From(texts), dropout: null))]);
        loss.backward();

        Assert.InRange(Math.Abs(loss.item<double>() - reference.TrainedLoss), 0, reference.Float64Tolerance(LossTolerance));
        var gradients = EncoderGradients.Of(encoder);
        Assert.Equal(gradients.Keys.Order(StringComparer.Ordinal), reference.Names(Gradient).Concat(reference.Names(Rows)).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(reference.WithoutGradient, gradients.ContainsKey);
        foreach (var parameter in gradients.Keys)
            AssertClose(parameter, gradients[parameter], Expected(reference, parameter, gradients[parameter]), reference.Float64Tolerance(Float64Tolerance));
    }

    // mean over rows of −log softmax(20 cos(q, d))[own].
    private static Tensor RankingLoss(Tensor[] columns)
    {
        var (queries, documents) = (nn.functional.normalize(columns[0]), nn.functional.normalize(columns[1]));
        var scores = queries.mm(documents.t()) * 20;
        return nn.functional.cross_entropy(scores, arange(scores.shape[0], ScalarType.Int64));
    }

    private static Tensor Expected(FamilyReference reference, string parameter, Tensor gradient)
        => reference.Names(Rows).Contains(parameter)
            ? zeros_like(gradient).index_copy(0, reference.Tensor(Rows + parameter), reference.Tensor(OfRows + parameter))
            : reference.Tensor(Gradient + parameter);

    private static void AssertClose(string parameter, Tensor actual, Tensor expected, double float64Tolerance)
    {
        string[] keys = ["key.bias", "k.bias", "k_lin.bias"];
        var tolerance = keys.Any(key => parameter.EndsWith('.' + key, StringComparison.Ordinal))
            ? KeyBiasTolerance
            : (expected.dtype == ScalarType.Float64 ? float64Tolerance : Float32Tolerance) * expected.abs().max().to(ScalarType.Float64).item<double>();
        var difference = EncoderReference.MaxDifference(actual, expected);
        Assert.True(difference <= tolerance, $"{parameter} differs by {difference}, more than {tolerance}");
    }
}
