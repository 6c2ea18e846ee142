using Distributed.Jobs;
using Distributed.Training.Models;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models;

/// <summary>A pass over the reference's texts, under dropout, and its gradients.</summary>
internal static class EncoderGradients
{
    public static readonly DropoutKey Key = new(Seed: 1, Step: 2, Shard: 3, MicroBatch: 4);

    /// <summary>All texts of the reference: lengths 2 to 64, a typed [PAD] among them.</summary>
    public static EncoderInput Input() => EncoderInput.From([.. EncoderReference.Ids().OrderBy(ids => ids.Length)]);

    /// <summary>Embeddings, and the gradients of the trained parameters by name.</summary>
    public static (Tensor Embeddings, Dictionary<string, Tensor> Gradients) EncodeAndDifferentiate(
        SentenceEncoder encoder, bool allowsFused, Precision precision = Precision.Float32)
    {
        encoder.AllowsFusedKernels = allowsFused;
        encoder.zero_grad();
        var embeddings = encoder.Encode(Input(), Key, precision);
        embeddings.backward([linspace(-1, 1, embeddings.numel(), dtype: embeddings.dtype).view(embeddings.shape).sin()]);
        return (embeddings.detach(), encoder.named_parameters()
            .Where(entry => entry.parameter.grad is not null).ToDictionary(entry => entry.name, entry => entry.parameter.grad!.clone()));
    }
}
