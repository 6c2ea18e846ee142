using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Losses;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Checking;

/// <summary>What may be wrong with a loss.</summary>
public enum Defect
{
    None,
    WrongGradient,
    WrongParameterGradient,
    DependsOnTheOwnShards,
    DividesByZero,
    RoundsCoarsely,
}

/// <summary>exp(weight) · mean ‖a − b‖², by hand, with a number that is trained, and a defect if one is asked for.</summary>
internal sealed class WeightedDistance(Defect defect = Defect.None) : IEmbeddingLoss, IDisposable
{
    private readonly Parameter _weight = new(tensor(1.5f), requires_grad: true);

    public IReadOnlyList<(string Name, Parameter Value)> Parameters => [("weight", _weight)];

    public ILossPass Over(EmbeddingBatch batch) => new Pass(batch, Math.Exp(_weight.to(float64).item<double>()), defect);

    public void Dispose() => _weight.Dispose();

    private sealed class Pass(EmbeddingBatch batch, double weight, Defect defect) : ILossPass
    {
        private int _scored;

        public int StatisticsPerRow => 1;

        public Tensor Score(ShardRange shard)
        {
            _scored++;
            var difference = Difference(shard);
            var squares = difference.square().sum(1, keepdim: true);
            return defect is Defect.DividesByZero ? squares * squares / squares : squares;
        }

        public double Value(Tensor statistics) => weight * statistics.to(float64).mean().item<double>();

        public ImmutableArray<Tensor> Gradient(Tensor statistics, ShardRange shard)
        {
            var gradient = Difference(shard) * (2 * weight / batch.Rows);
            if (defect is Defect.DependsOnTheOwnShards && _scored == 1)
                gradient *= 1 + 1e-7;
            if (defect is Defect.RoundsCoarsely && gradient.dtype == float32)
                gradient = gradient.to(bfloat16).to(float32);
            return [gradient, defect is Defect.WrongGradient ? gradient * -1.0003 : -gradient];
        }

        public ImmutableArray<Tensor> ParameterGradient(Tensor statistics, ShardRange shard)
        {
            var share = statistics.narrow(0, shard.Start, shard.Count).to(float64).sum() * (weight / batch.Rows);
            return [(defect is Defect.WrongParameterGradient ? share * shard.Count : share).to(float32)];
        }

        public void Dispose()
        {
        }

        private Tensor Difference(ShardRange shard) =>
            batch.Columns[0].narrow(0, shard.Start, shard.Count) - batch.Columns[1].narrow(0, shard.Start, shard.Count);
    }
}
