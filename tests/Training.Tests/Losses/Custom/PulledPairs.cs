using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Custom;

/// <summary>
/// A user's loss with a number that is trained, each row of which depends on all others: exp(w) · mean ‖a − p‖² + mean sin ‖a − ā‖², ā the anchors' mean.
/// </summary>
internal sealed class PulledPairs : PlainLoss, IDisposable
{
    private readonly Parameter _weight = new(tensor(0.3f), requires_grad: true);

    /// <summary>It as a job names it.</summary>
    public static CustomLossOptions Options { get; } = new() { Assembly = typeof(PulledPairs).Assembly.Location, Type = typeof(PulledPairs).FullName! };

    public override IReadOnlyList<(string Name, Parameter Value)> Parameters => [("weight", _weight)];

    public void Dispose() => _weight.Dispose();

    protected override Tensor Compute(EmbeddingBatch batch)
    {
        var (anchors, positives) = (batch.Columns[0], batch.Columns[1]);
        return (_weight.exp() * (anchors - positives).square().sum(1).mean()) + (anchors - anchors.mean([0], keepdim: true)).square().sum(1).sin().mean();
    }
}
