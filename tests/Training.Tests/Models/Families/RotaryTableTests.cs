using Distributed.Training.Models.Encoders.ModernBert;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Families;

public sealed class RotaryTableTests
{
    // A last place below 1: vectorised cosines differ by so much between kinds of machines.
    private const double Tolerance = 6e-8;

    [Theory]
    [InlineData("full_attention", 160_000)]
    [InlineData("sliding_attention", 10_000)]
    public void Compute_StoredKind_IsThePeersTable(string kind, double theta)
    {
        using var scope = NewDisposeScope();
        var reference = new FamilyReference("modernbert");

        var table = RotaryTable.Compute(places: 64, headSize: 16, theta);

        Assert.InRange(EncoderReference.MaxDifference(table.Cosine, reference.Tensor($"rotary/{kind}_cos")), 0, Tolerance);
        Assert.InRange(EncoderReference.MaxDifference(table.Sine, reference.Tensor($"rotary/{kind}_sin")), 0, Tolerance);
    }
}
