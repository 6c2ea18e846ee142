using Distributed.Jobs.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>A distance between rows of embeddings, with its slope.</summary>
internal abstract class RowDistance
{
    public static RowDistance Of(Distance distance) => distance switch
    {
        Distance.Euclidean => new EuclideanRowDistance(),
        Distance.Cosine => new CosineRowDistance(),
        _ => throw new ArgumentOutOfRangeException(nameof(distance), distance, "Unknown distance."),
    };

    /// <summary>The points, [rows, dim], that the distance is taken between. Always a new tensor: it starts at a cache line, whatever the row.</summary>
    public abstract Tensor Points(Tensor embeddings);

    /// <summary>What is subtracted from all points before they are ordered, [1, dim]; it must not change their order.</summary>
    public virtual Tensor Origin(Tensor embeddings) => zeros([1, embeddings.size(1)], embeddings.dtype, embeddings.device);

    /// <summary>Numbers [a, b] that order the points b by their distance from a point a. For choosing only: they cancel where points are near.</summary>
    public abstract Tensor Order(Tensor a, Tensor b);

    /// <summary>Distances of paired points, [rows, 1].</summary>
    public abstract Tensor Between(Tensor a, Tensor b);

    /// <summary>∂D/∂a of paired points, [rows, dim]; 0 where they coincide.</summary>
    public abstract Tensor Slope(Tensor a, Tensor b, Tensor between);

    /// <summary>The gradient with respect to embeddings from that with respect to their points.</summary>
    public abstract Tensor Backward(Tensor embeddings, Tensor gradient);
}
