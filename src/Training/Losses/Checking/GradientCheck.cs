using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Checking;

/// <summary>
/// Tries a loss on random batches, with repeated, zero and missing rows, single rows and single classes: whether its gradient, by column and by trained
/// number, is that of its value, whether any number of ranks gets the same bits, and whether it stays finite in float32. A few seconds.
/// </summary>
public static class GradientCheck
{
    /// <summary>Runs every check. A loss that throws fails the check it threw in.</summary>
    /// <param name="loss">The loss. Its parameters are moved and put back.</param>
    /// <param name="shape">What it finds in a batch.</param>
    /// <param name="seed">What the batches are drawn by.</param>
    public static LossReport Run(IEmbeddingLoss loss, BatchShape shape, int seed = 1)
    {
        using var numerics = FinalizerGate.Close();
        var slopes = new SlopeCheck(loss, shape, seed);
        var robust = new RobustnessCheck(loss, shape, seed);
        return new LossReport(
        [
            .. Enumerable.Range(0, shape.Columns).Select(column => Run($"gradient of column {column}", () => slopes.OfColumn(column))),
            .. loss.Parameters.Select((parameter, index) => Run($"gradient of {parameter.Name}", () => slopes.OfParameter(index))),
            Run("float32 follows float64", robust.Float32),
            Run("the same bits for 1 to 8 ranks", robust.Ranks),
            Run("finite in float32", robust.Finite),
        ]);
    }

    private static LossCheck Run(string name, Func<LossCheck> run)
    {
        try
        {
            using var scope = NewDisposeScope();
            return run() with { Name = name };
        }
        catch (Exception e)
        {
            return new LossCheck(name, false, $"threw {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}"); // what a user's code throws is the finding
        }
    }
}
