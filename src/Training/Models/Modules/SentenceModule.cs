using Distributed.Training.Models.Encoders;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Modules;

/// <summary>A module behind the pooling: embeddings → embeddings. Its parameters have the names that they have in its own file.</summary>
/// <param name="name">The module's name.</param>
internal abstract class SentenceModule(string name) : nn.Module(name)
{
    /// <summary>[texts, inputs] → [texts, outputs], a tensor of the innermost dispose scope.</summary>
    public abstract Tensor Forward(Tensor embeddings, EncoderPass pass);
}
