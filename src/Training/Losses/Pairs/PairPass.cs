using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Losses.Pairs.Measures;
using Distributed.Training.Losses.Pairs.Objectives;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Pairs;

/// <summary>
/// A loss that sees a pair of embeddings only as one number: each rank measures its own pairs, the numbers are gathered, and the objective's slopes at all
/// N of them come back through the measure to the own pairs. Memory is O(N) beside the embeddings.
/// </summary>
internal sealed class PairPass : ILossPass
{
    private readonly EmbeddingBatch _batch;
    private readonly PairMeasure _measure;
    private readonly PairObjective _objective;
    private (double[] Numbers, double[] Slopes)? _known; // slopes at the numbers they were computed from

    /// <exception cref="ArgumentException">The batch has not two columns, or lacks scores.</exception>
    public PairPass(EmbeddingBatch batch, PairMeasure measure, PairObjective objective)
    {
        if (batch.Columns.Length != 2)
            throw new ArgumentException($"The loss takes two texts a row, not {batch.Columns.Length}.", nameof(batch));
        if (batch.Scores.Length != batch.Rows)
            throw new ArgumentException($"The loss needs a score for each of the {batch.Rows} rows, not {batch.Scores.Length}.", nameof(batch));
        (_batch, _measure, _objective) = (batch, measure, objective);
    }

    /// <inheritdoc/>
    public int StatisticsPerRow => 1;

    /// <inheritdoc/>
    public Tensor Score(ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var numbers = empty([shard.Count, 1], _batch.Columns[0].dtype, _batch.Columns[0].device);
        foreach (var rows in Blocks.Of(shard))
        {
            using var blockScope = NewDisposeScope();
            Blocks.Part(numbers, shard, rows).copy_(_measure.Of(Side(0, rows), Side(1, rows)));
        }

        return numbers.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double Value(Tensor statistics) => _objective.Value(Numbers(statistics), _batch.Scores.AsSpan());

    /// <inheritdoc/>
    public ImmutableArray<Tensor> Gradient(Tensor statistics, ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var slopes = Slopes(Numbers(statistics)).AsSpan(shard.Start, shard.Count).ToArray();
        var weights = tensor(slopes, float64, _batch.Columns[0].device).unsqueeze(1);           // [shard, 1]
        var gradients = _batch.Columns.Select(column => empty([shard.Count, column.size(1)], column.dtype, column.device)).ToImmutableArray();
        foreach (var rows in Blocks.Of(shard))
        {
            using var blockScope = NewDisposeScope();
            var (a, b) = _measure.Backward(Side(0, rows), Side(1, rows), Blocks.Part(weights, shard, rows));
            Blocks.Part(gradients[0], shard, rows).copy_(a);
            Blocks.Part(gradients[1], shard, rows).copy_(b);
        }

        return [.. gradients.Select(gradient => gradient.MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Measures(Tensor statistics) => _objective.Measures(Numbers(statistics), _batch.Scores.AsSpan());

    private Tensor Side(int column, ShardRange rows) => _batch.Columns[column].narrow(0, rows.Start, rows.Count).to(float64);

    // The slopes at the same numbers are asked for by every shard of the rank.
    private double[] Slopes(double[] numbers)
    {
        if (_known is not { } known || !known.Numbers.AsSpan().SequenceEqual(numbers))
            _known = known = (numbers, _objective.Slopes(numbers, _batch.Scores.AsSpan()));
        return known.Slopes;
    }

    private static double[] Numbers(Tensor statistics)
    {
        using var scope = NewDisposeScope();
        return statistics.select(1, 0).to(float64).cpu().contiguous().data<double>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
