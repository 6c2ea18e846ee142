using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Losses;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Steps;

/// <summary>
/// A loss with a parameter w, simple enough to check by hand: the mean over the rows of exp(w)·‖a − p‖² − w. It starts with w = 0, where its slope with
/// respect to w is the loss less 1.
/// </summary>
internal sealed class ScaledDistanceLoss : IEmbeddingLoss, IDisposable
{
    private readonly Parameter _logScale = new(zeros([]));

    public IReadOnlyList<(string Name, Parameter Value)> Parameters => [("log_scale", _logScale)];

    public ILossPass Over(EmbeddingBatch batch) => new Pass(batch, Math.Exp(_logScale.item<float>()), _logScale.item<float>());

    public void Dispose() => _logScale.Dispose();

    private sealed class Pass(EmbeddingBatch batch, double scale, double logScale) : ILossPass
    {
        public int StatisticsPerRow => 1;

        public Tensor Score(ShardRange shard) => Difference(shard).square().sum(1, keepdim: true);

        public double Value(Tensor statistics)
        {
            using var scope = NewDisposeScope();
            return (scale * statistics.to(float64).mean().item<double>()) - logScale;
        }

        public ImmutableArray<Tensor> Gradient(Tensor statistics, ShardRange shard)
        {
            var gradient = Difference(shard) * (2 * scale / batch.Rows);
            return [gradient, -gradient, .. batch.Columns.Skip(2).Select(column => zeros_like(column.narrow(0, shard.Start, shard.Count)))];
        }

        public ImmutableArray<Tensor> ParameterGradient(Tensor statistics, ShardRange shard) =>
            [(statistics.narrow(0, shard.Start, shard.Count).sum() * scale - shard.Count) / batch.Rows];

        public void Dispose()
        {
        }

        private Tensor Difference(ShardRange shard) =>
            batch.Columns[0].narrow(0, shard.Start, shard.Count) - batch.Columns[1].narrow(0, shard.Start, shard.Count);
    }
}
