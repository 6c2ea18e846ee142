using System.Collections.Immutable;
using Distributed.Data.Planning;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>
/// A loss written as one formula over the whole batch, its gradient by autograd. Each rank computes all of it, so that it is exact for any number of ranks
/// and the same bits on each; it costs what the formula costs, in memory too, whatever the number of ranks.
/// </summary>
public abstract class PlainLoss : IEmbeddingLoss
{
    /// <inheritdoc/>
    public virtual IReadOnlyList<(string Name, Parameter Value)> Parameters => [];

    /// <inheritdoc/>
    public ILossPass Over(EmbeddingBatch batch) => new Pass(this, batch);

    /// <summary>The loss of a batch, a scalar. The gradient with respect to <see cref="EmbeddingBatch.Columns"/> follows from it.</summary>
    protected abstract Tensor Compute(EmbeddingBatch batch);

    private sealed class Pass : ILossPass
    {
        private readonly double _value;
        private readonly ImmutableArray<Tensor> _gradients;
        private readonly ImmutableArray<Tensor> _parameterGradients;

        public Pass(PlainLoss loss, EmbeddingBatch batch)
        {
            using var scope = NewDisposeScope();
            using var gradientMode = enable_grad();
            var leaves = batch.Columns.Select(column => column.clone().requires_grad_()).ToImmutableArray();
            var parameters = loss.Parameters.Select(parameter => (Tensor)parameter.Value).ToImmutableArray();
            var value = loss.Compute(batch with { Columns = leaves });
            _value = value.detach().to(float64).item<double>();

            // The parameters' own gradients are buffers of the trainer, which adds to them shard by shard.
            ImmutableArray<Tensor> inputs = [.. leaves, .. parameters];
            var gradients = value.requires_grad ? [.. autograd.grad([value], [.. inputs], allow_unused: true)] : new Tensor?[inputs.Length];
            ImmutableArray<Tensor> all = [.. inputs.Zip(gradients, (input, gradient) => (gradient is { IsInvalid: false } ? gradient.clone() : zeros_like(input)).detach().DetachFromDisposeScope())];
            (_gradients, _parameterGradients) = (all[..leaves.Length], all[leaves.Length..]);
        }

        // Nothing has to be gathered; one column of zeros keeps the exchange the same for all losses.
        public int StatisticsPerRow => 1;

        public Tensor Score(ShardRange shard) => zeros([shard.Count, 1], _gradients[0].dtype, _gradients[0].device);

        public double Value(Tensor statistics) => _value;

        public ImmutableArray<Tensor> Gradient(Tensor statistics, ShardRange shard) =>
            [.. _gradients.Select(gradient => gradient.narrow(0, shard.Start, shard.Count).clone())];

        // The gradient is that of the whole batch: the first row's shard has all of it.
        public ImmutableArray<Tensor> ParameterGradient(Tensor statistics, ShardRange shard) =>
            [.. _parameterGradients.Select(gradient => shard is { Start: 0, Count: > 0 } ? gradient.clone() : zeros_like(gradient))];

        public void Dispose()
        {
            foreach (var gradient in _gradients.Concat(_parameterGradients))
                gradient.Dispose();
        }
    }
}
