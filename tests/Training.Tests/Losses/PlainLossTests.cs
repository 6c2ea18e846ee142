using Distributed.Training.Losses;
using Distributed.Training.Losses.Checking;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses;

public sealed class PlainLossTests
{
    [Fact]
    public void GradientCheck_LossWithAParameter_Passes()
    {
        using var loss = new ScaledProducts();

        var report = GradientCheck.Run(loss, new BatchShape { Columns = 2 });

        Assert.True(report.Passed, report.ToString());
        Assert.Contains("gradient of temperature", report.ToString(), StringComparison.Ordinal);
    }

    // exp(t) · mean (a · b)²; the second parameter has no part in it.
    private sealed class ScaledProducts : PlainLoss, IDisposable
    {
        private readonly Parameter _temperature = new(tensor(0.3f), requires_grad: true);
        private readonly Parameter _idle = new(tensor(1f), requires_grad: true);

        public override IReadOnlyList<(string Name, Parameter Value)> Parameters => [("temperature", _temperature), ("idle", _idle)];

        public void Dispose()
        {
            _temperature.Dispose();
            _idle.Dispose();
        }

        protected override Tensor Compute(EmbeddingBatch batch) =>
            _temperature.exp() * (batch.Columns[0] * batch.Columns[1]).sum(1).square().mean();
    }
}
