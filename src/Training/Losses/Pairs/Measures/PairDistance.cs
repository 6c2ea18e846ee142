using Distributed.Jobs.Losses;

namespace Distributed.Training.Losses.Pairs.Measures;

/// <summary>The measure of a distance.</summary>
internal static class PairDistance
{
    public static PairMeasure Of(Distance distance) => distance switch
    {
        Distance.Euclidean => new EuclideanMeasure(),
        Distance.Manhattan => new ManhattanMeasure(),
        Distance.Cosine => new CosineDistanceMeasure(),
        _ => throw new ArgumentOutOfRangeException(nameof(distance), distance, "Unknown distance."),
    };
}
