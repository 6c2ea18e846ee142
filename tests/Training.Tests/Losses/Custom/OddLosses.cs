using System.Globalization;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Custom;

internal abstract class AbstractLoss : PlainLoss
{
    protected override Tensor Compute(EmbeddingBatch batch) => batch.Columns[0].sum();
}

internal sealed class SettledLoss(double margin, bool softMargin, int neighbours, float scale, int last = 7) : AbstractLoss
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{margin} {softMargin} {neighbours} {scale} {last}");
}

internal sealed class NamedLoss(string name) : AbstractLoss
{
    public override string ToString() => name;
}

internal sealed class TwoWayLoss : AbstractLoss
{
    public TwoWayLoss()
    {
    }

    public TwoWayLoss(double margin) => Margin = margin;

    public double Margin { get; }
}

internal sealed class RefusingLoss : AbstractLoss
{
    public RefusingLoss() => throw new InvalidOperationException("not today");
}
