using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.PostNorm;

/// <summary>The attention sublayer, under the names that a family's checkpoints give its parameters.</summary>
/// <param name="name">The module's name.</param>
internal abstract class NamedAttention(string name) : nn.Module(name)
{
    /// <summary>What it computes.</summary>
    public abstract PostNormAttention Sublayer { get; }
}
