using static TorchSharp.torch;

namespace Distributed.Training.Losses.Pairs.Measures;

/// <summary>
/// A number for each pair of embeddings, a similarity or a distance, with its gradient. Rows are float64: there are only N of them, and near pairs do not
/// cancel as they would in float32.
/// </summary>
internal abstract class PairMeasure
{
    /// <summary>The numbers of pairs of rows, [rows, 1].</summary>
    public abstract Tensor Of(Tensor a, Tensor b);

    /// <summary>Gradients of Σ weight · number with respect to both sides, each [rows, dim]. Weights are [rows, 1].</summary>
    public abstract (Tensor A, Tensor B) Backward(Tensor a, Tensor b, Tensor weights);
}
