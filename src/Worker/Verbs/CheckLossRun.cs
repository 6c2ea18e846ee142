using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using Distributed.Training.Losses.Checking;
using Distributed.Training.Runtime;
using Distributed.Worker.Hosting;

namespace Distributed.Worker.Verbs;

/// <summary>Checks the losses of a job's datasets and prints a table for each.</summary>
internal sealed class CheckLossRun(ImmutableArray<DatasetOptions> datasets, TextWriter output)
{
    /// <summary>Does it; returns the process's exit code: done, or failed where a check fails.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        TorchRuntime.Initialize(threads: 1);
        var passed = true;
        foreach (var dataset in datasets)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var loss = Checkable(dataset.Loss);
            var checkedLoss = EmbeddingLoss.Create(loss);
            using var disposal = checkedLoss as IDisposable;
            var report = GradientCheck.Run(checkedLoss, BatchShape.Of(dataset));
            await output.WriteLineAsync($"{dataset.Name}: {NameOf(dataset.Loss)}{(loss == dataset.Loss ? "" : ", without hardness")}\n{report}");
            passed &= report.Passed;
        }

        return passed ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>Hardness is defined to have no gradient, so that no difference of the loss can agree with it: the rest of the loss is checked.</summary>
    private static LossOptions Checkable(LossOptions loss) =>
        loss is RankingLossOptions { Hardness: not HardnessMode.None } ranking ? ranking with { Hardness = HardnessMode.None, HardnessStrength = 0 } : loss;

    private static string NameOf(LossOptions loss)
    {
        var name = loss is CustomLossOptions custom ? custom.Type : loss.Kind;
        return loss.Matryoshka is { } matryoshka ? $"{name} at {string.Join(", ", matryoshka.Dims)} dimensions" : name;
    }
}
