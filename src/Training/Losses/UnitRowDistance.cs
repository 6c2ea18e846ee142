using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>A distance between embeddings scaled to length 1; a zero row stays zero.</summary>
internal sealed class UnitRowDistance(RowDistance distance) : RowDistance
{
    public override Tensor Points(Tensor embeddings) => UnitRows.Of(embeddings);

    public override Tensor Origin(Tensor embeddings)
    {
        using var scope = NewDisposeScope();
        return distance.Origin(UnitRows.Of(embeddings)).MoveToOuterDisposeScope();
    }

    public override void Order(Tensor a, Tensor b, Tensor order) => distance.Order(a, b, order);

    public override Tensor Tile(Tensor a, Tensor b) => distance.Tile(a, b);

    public override Tensor Between(Tensor a, Tensor b) => distance.Between(a, b);

    public override Tensor Slope(Tensor a, Tensor b, Tensor between) => distance.Slope(a, b, between);

    public override Tensor Pull(Tensor a, Tensor b, Tensor weights, Tensor tile) => distance.Pull(a, b, weights, tile);

    public override Tensor Backward(Tensor embeddings, Tensor gradient) => UnitRows.Backward(embeddings, gradient);
}
