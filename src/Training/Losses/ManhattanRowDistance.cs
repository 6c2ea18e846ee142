using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>Σ|a_i − b_i|. For given pairs: a matrix of it takes no matrix product.</summary>
internal sealed class ManhattanRowDistance : RowDistance
{
    public override Tensor Points(Tensor embeddings) => embeddings.clone();

    public override void Order(Tensor a, Tensor b, Tensor order) => order.copy_(Tile(a, b));

    public override Tensor Tile(Tensor a, Tensor b) => cdist(a, b, p: 1);

    public override Tensor Between(Tensor a, Tensor b) => (a - b).abs_().sum(1, keepdim: true);

    public override Tensor Slope(Tensor a, Tensor b, Tensor between) => (a - b).sign_();

    public override Tensor Pull(Tensor a, Tensor b, Tensor weights, Tensor tile)
    {
        var pull = empty([a.size(0), a.size(1)], float64, a.device);
        for (var row = 0; row < a.size(0); row++)
        {
            using var scope = NewDisposeScope();
            pull[row] = weights[row].unsqueeze(0).mm((a[row] - b).sign_().to(float64)).squeeze(0);
        }

        return pull;
    }

    public override Tensor Backward(Tensor embeddings, Tensor gradient) => gradient.clone();
}
