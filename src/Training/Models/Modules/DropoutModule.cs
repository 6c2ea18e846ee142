using Distributed.Training.Models.Encoders;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Modules;

/// <summary>A module that drops components of embeddings in training.</summary>
/// <param name="Probability">Share of components, 0 ≤ p &lt; 1.</param>
internal sealed record DropoutSpec(double Probability) : ModuleSpec
{
    /// <inheritdoc/>
    public override ModuleSpec WithDropout(double probability) => this with { Probability = probability };

    /// <inheritdoc/>
    public override SentenceModule Create() => new DropoutModule(Probability);
}

/// <summary>Dropout in training, nothing otherwise.</summary>
internal sealed class DropoutModule(double probability) : SentenceModule(nameof(DropoutModule))
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor embeddings, EncoderPass pass) => pass.ApplyDropout(embeddings, probability);
}
