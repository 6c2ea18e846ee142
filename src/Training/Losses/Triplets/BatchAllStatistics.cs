using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary>
/// What <see cref="BatchAllTripletPass"/> keeps of each row: the mean loss of its triplets that violate the margin; the number of them by positive, at most N
/// each and so exact in float32; the distance to each positive, −1 in slots behind the last.
/// </summary>
internal sealed class BatchAllStatistics(ClassRows classes, double margin)
{
    private const int Loss = 0, Counts = 1;

    /// <summary>Numbers per row.</summary>
    public int PerRow => Counts + (2 * classes.Slots);

    /// <summary>The loss, [rows].</summary>
    public static Tensor Losses(Tensor statistics) => statistics.select(1, Loss);

    /// <summary>Violations by positive, [rows, P].</summary>
    public Tensor CountsOf(Tensor statistics) => statistics.narrow(1, Counts, classes.Slots);

    /// <summary>Distances by positive, [rows, P].</summary>
    public Tensor Distances(Tensor statistics) => statistics.narrow(1, Counts + classes.Slots, classes.Slots);

    /// <summary>∂(Σℓ)/∂D of a tile of pairs, float64 [own, others]: violations with the pair as anchor and positive, less those with it as anchor and negative.</summary>
    /// <param name="statistics">Of all rows.</param>
    /// <param name="own">The tile's rows.</param>
    /// <param name="others">Its columns.</param>
    /// <param name="tile">Their distances.</param>
    public Tensor Slopes(Tensor statistics, ShardRange own, ShardRange others, Tensor tile)
    {
        using var scope = NewDisposeScope();
        var (ownRows, otherRows) = (statistics.narrow(0, own.Start, own.Count), statistics.narrow(0, others.Start, others.Count));
        var distances = tile.to(float64);
        var asNegative = AsNegative(ownRows, distances).add_(AsNegative(otherRows, distances.t().contiguous()).t());
        var asPositive = AsPositive(ownRows, own, others).add_(AsPositive(otherRows, others, own).t());
        var slopes = where(classes.IsSame(own, others, tile.device), asPositive, asNegative.neg_());
        OwnPlaces.Of(slopes, own, others)?.fill_(0);
        return slopes.MoveToOuterDisposeScope();
    }

    // For how many positives of a row another violates the margin, were it a negative; float64 [rows, others].
    private Tensor AsNegative(Tensor statistics, Tensor tile)
    {
        var distances = Distances(statistics).to(float64);
        var thresholds = (distances + margin).masked_fill_(distances < 0, double.NegativeInfinity).sort(1).Values;
        return searchsorted(thresholds, tile, out_int32: false, right: true).neg_().add_(classes.Slots).to(float64);
    }

    // How many negatives of a row violate the margin with another, were it a positive; float64 [rows, others].
    private Tensor AsPositive(Tensor statistics, ShardRange rows, ShardRange others) =>
        CountsOf(statistics).to(float64).gather(1, classes.Slot(rows, others, statistics.device));
}
