using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Training.Losses;

namespace Distributed.Training.Tests.Steps;

/// <summary>What must not depend on how shards are dealt to ranks: loss, norm and digest of each step, then the final state, all to the bit.</summary>
internal static class BitHistory
{
    public static Task<ImmutableArray<string>> OfAsync(Job job, int[] shardsPerRank, int steps) => OfAsync(job, shardsPerRank, steps, EmbeddingLoss.Create);

    public static async Task<ImmutableArray<string>> OfAsync(Job job, int[] shardsPerRank, int steps, Func<LossOptions, IEmbeddingLoss> createLoss)
    {
        using var ranks = new TrainerRanks(job, shardsPerRank, createLoss);
        var history = ImmutableArray.CreateBuilder<string>();
        for (var step = 0; step < steps; step++)
        {
            var results = await ranks.StepAsync(TestContext.Current.CancellationToken);
            Assert.True(results[0].IsFinite);
            Assert.Single(results.Select(result => result.GradientDigest).Distinct());
            history.Add($"{BitConverter.DoubleToInt64Bits(results[0].Loss):x} {BitConverter.DoubleToInt64Bits(results[0].GradientNorm):x} {results[0].GradientDigest:x}");
        }

        history.AddRange(ranks.States().Select(Convert.ToHexString).Distinct());
        Assert.Equal(steps + 1, history.Count);
        return history.ToImmutable();
    }

    public static async Task AssertSameForAnyRanksAsync(Job job, int steps, Func<LossOptions, IEmbeddingLoss> createLoss, params int[][] deals)
    {
        var one = await OfAsync(job, [job.Batch.Shards], steps, createLoss);
        foreach (var deal in deals)
            Assert.Equal(one, await OfAsync(job, deal, steps, createLoss));
    }
}
