using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Worker.Tests.Verbs;

/// <summary>A loss whose gradient misses a column.</summary>
public sealed class ForgetfulLoss : PlainLoss
{
    protected override Tensor Compute(EmbeddingBatch batch) => (batch.Columns[0] * batch.Columns[1].detach()).sum(1).tanh().mean();
}
