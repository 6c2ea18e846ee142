using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>
/// Token ids → token states: the transformer of one family. Its parameters have the names that a checkpoint of the family has, without the prefix that
/// some checkpoints carry.
/// </summary>
/// <param name="name">The module's name.</param>
internal abstract class TokenEncoder(string name) : nn.Module(name)
{
    /// <summary>The table of word embeddings, [vocabulary, hidden].</summary>
    public abstract Tensor WordTable { get; }

    /// <summary>Token states [tokens, hidden] before the first layer and after each; those after the last are what is pooled.</summary>
    public abstract IEnumerable<Tensor> HiddenStates(EncoderPass pass);
}
