using static TorchSharp.torch;

namespace Distributed.Training.Losses.Checking;

/// <summary>Compares gradients with differences of the loss, in float64.</summary>
internal sealed class SlopeCheck(IEmbeddingLoss loss, BatchShape shape, int seed)
{
    private const int MostComponents = 60; // of one column of one batch

    /// <summary>Of the embeddings of a column. Rows that lack the text, or are zero and so at a pole of every direction, are left out.</summary>
    public LossCheck OfColumn(int column) => OverBatches((batch, slopes) =>
    {
        var outcome = LossOutcome.Of(loss, batch);
        var (values, gradient) = (batch.Columns[column], outcome.Gradients[column]);
        var rows = Enumerable.Range(0, batch.Rows).Where(row => values[row].abs().sum().item<double>() > 0);
        var components = rows.SelectMany(row => Enumerable.Range(0, shape.Dim).Select(i => (Row: row, Component: i))).ToArray();
        new Random(seed).Shuffle(components);
        var largest = gradient.abs().max().item<double>();
        foreach (var (row, component) in components.Take(MostComponents))
            slopes.Compare($"row {row}, component {component}", batch, values[row, component], gradient[row, component].item<double>(), largest);
    });

    /// <summary>Of a number that the loss trains.</summary>
    public LossCheck OfParameter(int parameter) => OverBatches((batch, slopes) =>
    {
        var outcome = LossOutcome.Of(loss, batch);
        var gradient = outcome.ParameterGradients.Select(shares => shares[parameter].to(float64)).Aggregate((sum, share) => sum + share).flatten();
        var values = loss.Parameters[parameter].Value.detach().flatten(); // a view: moving it moves the parameter
        var largest = gradient.abs().max().item<double>();
        for (var i = 0; i < values.size(0); i++)
            slopes.Compare($"component {i}", batch, values[i], gradient[i].item<double>(), largest);
    });

    private LossCheck OverBatches(Action<EmbeddingBatch, Slopes> compare)
    {
        var slopes = new Slopes(loss);
        foreach (var kind in BatchKind.WithSlopes)
        {
            using var scope = NewDisposeScope();
            slopes.BatchName = kind.Name;
            compare(DrawnBatch.Of(shape, kind, seed, float64), slopes);
        }

        return slopes.Check;
    }
}
