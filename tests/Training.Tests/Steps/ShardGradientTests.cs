using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Steps;

public sealed class ShardGradientTests
{
    [Fact]
    public async Task ComputeStep_SeveralShards_HoldsTheGradientOfOneAtATime()
    {
        var loss = new HoldingLoss();
        using var ranks = new TrainerRanks(TrainerJobs.Pairs, [7], options => loss.Around(EmbeddingLoss.Create(options)));

        await ranks.StepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Repeat(0, 7), loss.HeldAtEachGradient);
    }

    /// <summary>Counts, whenever a gradient is asked for, how many of the earlier ones are still alive.</summary>
    private sealed class HoldingLoss
    {
        private readonly List<Tensor> _given = [];

        public List<int> HeldAtEachGradient { get; } = [];

        public IEmbeddingLoss Around(IEmbeddingLoss inner) => new Loss(this, inner);

        private sealed class Loss(HoldingLoss record, IEmbeddingLoss inner) : IEmbeddingLoss
        {
            public ILossPass Over(EmbeddingBatch batch) => new Pass(record, inner.Over(batch));
        }

        private sealed class Pass(HoldingLoss record, ILossPass inner) : ILossPass
        {
            public int StatisticsPerRow => inner.StatisticsPerRow;

            public Tensor Score(ShardRange shard) => inner.Score(shard);

            public double Value(Tensor statistics) => inner.Value(statistics);

            public ImmutableArray<Tensor> Gradient(Tensor statistics, ShardRange shard)
            {
                record.HeldAtEachGradient.Add(record._given.Count(gradient => !gradient.IsInvalid));
                var gradient = inner.Gradient(statistics, shard);
                record._given.AddRange(gradient);
                return gradient;
            }

            public void Dispose() => inner.Dispose();
        }
    }
}
