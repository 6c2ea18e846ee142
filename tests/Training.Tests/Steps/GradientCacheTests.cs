using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Collectives;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Steps;

/// <summary>Micro-batches change how much is held at once, never the gradient.</summary>
public sealed class GradientCacheTests : IDisposable
{
    private const double Tolerance = 1e-12; // float64, relative to a parameter's largest entry
    private const double OwnTolerance = 1e-6; // a loss's own parameters are float32 in any case

    private static readonly int[] RowsPerMicroBatch = [1, 3, 7, EvenRows.Count];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<LossOptions> Losses => TrainedLosses.All;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Losses))]
    public void Gradient_AnyMicroBatches_IsThatOfOneGraphOfTheWholeBatch(LossOptions loss)
    {
        using var scope = NewDisposeScope();
        using var step = new StepGradient(JobOf(loss, dropout: 0), float64);
        var plain = step.Plainly(EvenRows.Count);

        foreach (var rows in RowsPerMicroBatch)
        {
            AssertNear(plain, step.ByMicroBatches(rows, usesGradientCache: true));
            AssertNear(plain, step.ByMicroBatches(rows, usesGradientCache: false));
        }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Gradient_AnyMicroBatchesUnderDropout_IsThatOfOneGraphOfTheWholeBatch(LossOptions loss)
    {
        using var scope = NewDisposeScope();
        using var step = new StepGradient(JobOf(loss, dropout: 0.3), float64);

        foreach (var rows in RowsPerMicroBatch)
            AssertNear(step.Plainly(rows), step.ByMicroBatches(rows, usesGradientCache: true));
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Gradient_CacheUnderDropoutInFloat32_HasTheBitsOfHeldGraphs(LossOptions loss)
    {
        using var scope = NewDisposeScope();
        using var step = new StepGradient(JobOf(loss, dropout: 0.3), float32);

        foreach (var rows in RowsPerMicroBatch)
        {
            var (cached, held) = (step.ByMicroBatches(rows, usesGradientCache: true), step.ByMicroBatches(rows, usesGradientCache: false));
            Assert.All(cached.Zip(held), pair => Assert.Equal(Bytes(pair.Second), Bytes(pair.First)));
            Assert.Contains(cached, gradient => gradient.abs().max().item<float>() > 0);
        }
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task ComputeStep_AnyMicroBatches_AsksForTwoGathersAndOneSum(LossOptions loss)
    {
        var job = JobOf(loss, dropout: 0.1);
        foreach (var tokens in (int[])[1, 5 * EvenRows.TokensPerText, 100_000])
        {
            foreach (var cache in (GradientCacheMode[])[GradientCacheMode.On, GradientCacheMode.Off])
            {
                using var ranks = new TrainerRanks(job with { Batch = job.Batch with { TokensPerMicroBatch = tokens, GradientCache = cache } }, [1, 1]);
                for (var step = 0; step < (loss.Memory is null ? 1 : 2); step++) // the second one finds a memory
                {
                    ranks.Collectives.ToList().ForEach(rank => rank.Calls.Clear());
                    await ranks.StepAsync(TestContext.Current.CancellationToken);
                    Assert.All(ranks.Collectives, rank => Assert.Equal(["all-gather", "all-gather", "sum"], rank.Calls));
                }
            }
        }
    }

    private Job JobOf(LossOptions loss, double dropout)
    {
        var job = TrainedLosses.Job(loss, _folder.Path);
        return job with { Model = job.Model with { Dropout = dropout } };
    }

    private static byte[] Bytes(Tensor values) => new TensorMemory<byte>(values.contiguous()).GetSpan().ToArray();

    private static void AssertNear(ImmutableArray<Tensor> expected, ImmutableArray<Tensor> actual)
    {
        var largest = expected.Max(Size);
        foreach (var (plain, ours) in expected.Zip(actual))
        {
            var tolerance = plain.dtype == float64 ? Tolerance : OwnTolerance;
            var size = Size(plain) > tolerance * largest ? Size(plain) : largest; // softmax does not see the keys' bias: its gradient is 0 but for rounding
            Assert.InRange(Size(plain - ours), 0, tolerance * size);
        }

        static double Size(Tensor gradient) => gradient.abs().max().to(float64).item<double>();
    }
}
