using System.Collections.Immutable;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Folders;

/// <summary>A file of weights of a model folder.</summary>
/// <param name="Path">Its path in the folder.</param>
/// <param name="Tensors">Its tensors.</param>
/// <param name="Metadata">Its own notes: a transformer's says which library wrote it, that of another module nothing.</param>
internal sealed record SavedWeights(string Path, IEnumerable<KeyValuePair<string, Tensor>> Tensors, ImmutableDictionary<string, string>? Metadata)
{
    /// <summary>The weights of the transformer.</summary>
    public static SavedWeights OfTransformer(string folder, IEnumerable<KeyValuePair<string, Tensor>> tensors)
        => new(System.IO.Path.Combine(folder, ModelFiles.WeightsFile), tensors, Metadata: null);

    /// <summary>The weights of a module behind the pooling.</summary>
    public static SavedWeights OfModule(string folder, IEnumerable<KeyValuePair<string, Tensor>> tensors)
        => new(System.IO.Path.Combine(folder, ModelFiles.WeightsFile), tensors, ImmutableDictionary<string, string>.Empty);
}
