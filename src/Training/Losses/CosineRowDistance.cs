using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>1 − cos(a, b). The points are unit vectors; a zero row stays zero and is at distance 1 from all.</summary>
internal sealed class CosineRowDistance : RowDistance
{
    private const double RoundingOfLength = 1e-4; // 1 − ‖x̂‖² of a unit vector is far below, of a row shorter than the smallest norm it is above

    // In double precision: a length rounded to float32 would show in every distance of its row.
    public override Tensor Points(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        return UnitRows.Of(embeddings.to(float64)).to(embeddings.dtype).MoveToOuterDisposeScope();
    }

    public override void Order(Tensor a, Tensor b, Tensor order) => order.addmm_(a, b.t(), beta: 0, alpha: -1);

    // 1 − a·b = (‖a − b‖² + (1 − ‖a‖²) + (1 − ‖b‖²)) / 2; a zero row is at distance 1 exactly, so that such distances tie.
    public override Tensor Tile(Tensor a, Tensor b)
    {
        var (shortOfA, shortOfB) = (Shortness(a), Shortness(b).transpose(-1, -2));
        return SquaredDifferences.Of(a, b).add_(shortOfA + shortOfB).div_(2).masked_fill_((shortOfA == 1).logical_or(shortOfB == 1), 1);
    }

    public override Tensor Between(Tensor a, Tensor b) => (a * b).sum(1, keepdim: true).neg_().add_(1);

    public override Tensor Slope(Tensor a, Tensor b, Tensor between) => b.neg();

    public override Tensor Pull(Tensor a, Tensor b, Tensor weights, Tensor tile) => weights.mm(b.to(float64)).neg_();

    public override Tensor Backward(Tensor embeddings, Tensor gradient) => UnitRows.Backward(embeddings, gradient);

    // 1 − ‖x‖², [..., rows, 1]; 0 for a unit vector.
    private static Tensor Shortness(Tensor points)
    {
        var shortness = points.square().sum(-1, keepdim: true).neg_().add_(1);
        return shortness.masked_fill_(shortness < RoundingOfLength, 0);
    }
}
