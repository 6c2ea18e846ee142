using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>The elementwise work on tiles of logits.</summary>
internal static class TileExponentials
{
    /// <summary>The largest logit of each row, [rows, 1].</summary>
    public static Tensor Largest(Tensor logits) => logits.amax([1], keepdim: true);

    /// <summary>exp(logits − largest), each row's sum of which is added to <paramref name="sums"/>.</summary>
    /// <param name="logits">[rows, documents]; overwritten if <paramref name="inPlace"/>.</param>
    /// <param name="largest">No less than any logit of its row, [rows, 1].</param>
    /// <param name="sums">[rows, 1].</param>
    /// <param name="inPlace">Whether the result takes the logits' memory.</param>
    public static Tensor Of(Tensor logits, Tensor largest, Tensor sums, bool inPlace)
    {
        var exponentials = (inPlace ? logits.sub_(largest) : logits - largest).exp_();
        sums.add_(exponentials.sum(1, keepdim: true));
        return exponentials;
    }

    /// <summary>exp(logits − largest) · factor, in the logits' memory.</summary>
    /// <param name="logits">[rows, documents].</param>
    /// <param name="largest">[rows, 1].</param>
    /// <param name="factors">[rows, 1].</param>
    public static Tensor Weights(Tensor logits, Tensor largest, Tensor factors) => logits.sub_(largest).exp_().mul_(factors);
}
