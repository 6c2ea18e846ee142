using TorchSharp.Modules;

namespace Distributed.Training.Losses;

/// <summary>
/// A loss over the embeddings of a global batch, with its gradient. It knows no model and no transport. To write one of your own, derive from
/// <see cref="PlainLoss"/>, which needs a single method; implement this interface where the gradient is known in closed form and memory matters.
/// </summary>
public interface IEmbeddingLoss
{
    /// <summary>
    /// Numbers that are trained beside the model, such as a temperature, by name, float32; none by default. They become views of the trainer's flat parameters,
    /// so ask for their values in each <see cref="Over"/>. A trainer disposes them, and the loss if it is disposable.
    /// </summary>
    IReadOnlyList<(string Name, Parameter Value)> Parameters => [];

    /// <summary>Starts on a batch, with the parameters' present values.</summary>
    ILossPass Over(EmbeddingBatch batch);
}
