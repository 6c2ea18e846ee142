using Distributed.Testing;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

internal static class FiniteDifferences
{
    private const double Step = 1e-6;
    private const double Tolerance = 1e-7; // of central differences with that step, in float64

    /// <summary>Moves every element of a random batch that is not in a zero row, and compares the change of the loss with its gradient.</summary>
    public static void Check(IEmbeddingLoss loss, RandomBatch drawn)
    {
        using var scope = NewDisposeScope();
        var batch = drawn.Build(float64);
        var run = LossRun.Of(loss, batch);
        foreach (var (values, gradient) in batch.Columns.Zip(run.Gradients))
        {
            for (var row = 0; row < batch.Rows; row++)
                for (var i = 0; i < values.size(1) && values[row].abs().sum().item<double>() > 0; i++)
                    Assert.Equal(Slope(loss, batch, values[row, i]), gradient[row, i].item<double>(), Tolerance);
        }
    }

    private static double Slope(IEmbeddingLoss loss, EmbeddingBatch batch, Tensor element)
    {
        using var scope = NewDisposeScope();
        element.add_(Step);
        var above = LossRun.ValueOf(loss, batch);
        element.sub_(2 * Step);
        var below = LossRun.ValueOf(loss, batch);
        element.add_(Step);
        return (above - below) / (2 * Step);
    }
}
