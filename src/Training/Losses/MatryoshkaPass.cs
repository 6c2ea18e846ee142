using System.Collections.Immutable;
using Distributed.Data.Planning;
using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary><see cref="MatryoshkaLoss"/> over one batch: a pass of the inner loss for each cut, their statistics side by side.</summary>
internal sealed class MatryoshkaPass : ILossPass
{
    private readonly EmbeddingBatch _batch;
    private readonly ImmutableArray<CutPass> _passes;

    public MatryoshkaPass(EmbeddingBatch batch, IEmbeddingLoss inner, ImmutableArray<MatryoshkaCut> cuts)
    {
        var passes = ImmutableArray.CreateBuilder<CutPass>();
        foreach (var cut in cuts)
        {
            var columns = Cut(batch.Columns, cut);
            var memory = batch.Memory is { } whole ? whole with { Columns = Cut(whole.Columns, cut) } : null;
            var pass = inner.Over(batch with { Columns = columns, Memory = memory });
            passes.Add(new(cut, pass, StatisticsPerRow, [.. columns, .. memory?.Columns ?? []]));
            StatisticsPerRow += pass.StatisticsPerRow;
        }

        (_batch, _passes) = (batch, passes.ToImmutable());
    }

    /// <inheritdoc/>
    public int StatisticsPerRow { get; }

    /// <inheritdoc/>
    public Tensor Score(ShardRange shard)
    {
        using var scope = NewDisposeScope();
        return cat([.. _passes.Select(cut => cut.Pass.Score(shard))], dim: 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public double Value(Tensor statistics)
    {
        using var scope = NewDisposeScope();
        return _passes.Sum(cut => cut.Cut.Weight * cut.Pass.Value(cut.Own(statistics)));
    }

    /// <inheritdoc/>
    public ImmutableArray<Tensor> Gradient(Tensor statistics, ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var sums = _batch.Columns.Select(column => zeros([shard.Count, column.size(1)], column.dtype, column.device)).ToImmutableArray();
        foreach (var cut in _passes)
        {
            using var cutScope = NewDisposeScope();
            foreach (var (column, gradient, sum) in _batch.Columns.Zip(cut.Pass.Gradient(cut.Own(statistics), shard), sums))
            {
                cut.Cut.AddBackward(column.narrow(0, shard.Start, shard.Count), gradient, sum);
                _batch.Pool.Return(gradient);
            }
        }

        return [.. sums.Select(sum => sum.MoveToOuterDisposeScope())];
    }

    /// <inheritdoc/>
    public ImmutableArray<Tensor> ParameterGradient(Tensor statistics, ShardRange shard)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        var byCut = _passes
            .Select(cut => cut.Pass.ParameterGradient(cut.Own(statistics), shard).Select(gradient => gradient.mul(cut.Cut.Weight)).ToArray())
            .ToArray();
        return [.. byCut[0].Select((first, parameter) =>
            byCut.Skip(1).Aggregate(first, (sum, other) => sum.add_(other[parameter])).MoveToOuterDisposeScope())];
    }

    /// <summary>The inner loss's figures of the largest dimension, and those of all others with `_at_` and the dimension behind their names.</summary>
    public IReadOnlyDictionary<string, double> Measures(Tensor statistics)
    {
        using var scope = NewDisposeScope();
        var largest = _passes.Max(cut => cut.Cut.Dim);
        return _passes
            .SelectMany(cut => cut.Pass.Measures(cut.Own(statistics)).Select(measure =>
                KeyValuePair.Create(cut.Cut.Dim == largest ? measure.Key : $"{measure.Key}_at_{cut.Cut.Dim}", measure.Value)))
            .ToImmutableDictionary();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var cut in _passes)
            cut.Dispose();
    }

    private static ImmutableArray<Tensor> Cut(ImmutableArray<Tensor> columns, MatryoshkaCut cut)
    {
        using var gradientMode = no_grad();
        using var scope = NewDisposeScope();
        return [.. columns.Select(column => cut.Of(column).DetachFromDisposeScope())];
    }

    /// <summary>The inner loss's pass over one cut.</summary>
    /// <param name="Cut">The dimension.</param>
    /// <param name="Pass">The pass.</param>
    /// <param name="FirstStatistic">Where its statistics begin among those of all cuts.</param>
    /// <param name="Tensors">The cut columns, which it owns.</param>
    private sealed record CutPass(MatryoshkaCut Cut, ILossPass Pass, int FirstStatistic, ImmutableArray<Tensor> Tensors) : IDisposable
    {
        // A copy: products must not see statistics at odd addresses.
        public Tensor Own(Tensor statistics) => statistics.narrow(1, FirstStatistic, Pass.StatisticsPerRow).clone();

        public void Dispose()
        {
            Pass.Dispose();
            foreach (var tensor in Tensors)
                tensor.Dispose();
        }
    }
}
