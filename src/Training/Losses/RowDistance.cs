using Distributed.Jobs.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>A distance between rows of embeddings, with its slope.</summary>
internal abstract class RowDistance
{
    /// <param name="distance">Which.</param>
    /// <param name="normalize">Whether embeddings are scaled to length 1 first.</param>
    public static RowDistance Of(Distance distance, bool normalize = false) => (distance, normalize) switch
    {
        (Distance.Cosine, _) => new CosineRowDistance(), // of unit vectors anyway
        (_, true) => new UnitRowDistance(Of(distance)),
        (Distance.Euclidean, _) => new EuclideanRowDistance(),
        (Distance.SquaredEuclidean, _) => new SquaredEuclideanRowDistance(),
        (Distance.Manhattan, _) => new ManhattanRowDistance(),
        _ => throw new ArgumentOutOfRangeException(nameof(distance), distance, "Unknown distance."),
    };

    /// <summary>The points, [rows, dim], that the distance is taken between. Always a new tensor: it starts at a cache line, whatever the row.</summary>
    public abstract Tensor Points(Tensor embeddings);

    /// <summary>What is subtracted from all points before they are ordered, [1, dim]; it must not change their order.</summary>
    public virtual Tensor Origin(Tensor embeddings) => zeros([1, embeddings.size(1)], embeddings.dtype, embeddings.device);

    /// <summary>Writes numbers [a, b] that order the points b by their distance from a point a. For choosing only: they cancel where points are near.</summary>
    public abstract void Order(Tensor a, Tensor b, Tensor order);

    /// <summary>
    /// Distances [..., a, b] of points [..., a, dim] and [..., b, dim]. Each follows from its two points alone, whichever comes first and whatever stands
    /// beside them: equal points tie. They do not cancel where points are near; they cost several times <see cref="Order"/>.
    /// </summary>
    public abstract Tensor Tile(Tensor a, Tensor b);

    /// <summary>Distances of paired points, [rows, 1].</summary>
    public abstract Tensor Between(Tensor a, Tensor b);

    /// <summary>∂D/∂a of paired points, [rows, dim]; 0 where they coincide.</summary>
    public abstract Tensor Slope(Tensor a, Tensor b, Tensor between);

    /// <summary>Σ_j weights_ij · ∂D_ij/∂a_i, [a, dim] in double precision: 0 for points that coincide.</summary>
    /// <param name="a">[a, dim].</param>
    /// <param name="b">[b, dim].</param>
    /// <param name="weights">[a, b], float64.</param>
    /// <param name="tile">Their distances, [a, b].</param>
    public abstract Tensor Pull(Tensor a, Tensor b, Tensor weights, Tensor tile);

    /// <summary>The gradient with respect to embeddings from that with respect to their points.</summary>
    public abstract Tensor Backward(Tensor embeddings, Tensor gradient);
}
