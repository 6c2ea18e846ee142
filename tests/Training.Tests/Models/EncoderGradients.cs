using Distributed.Jobs;
using Distributed.Training.Models;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models;

/// <summary>A pass over texts, under dropout, and its gradients.</summary>
internal static class EncoderGradients
{
    public static readonly DropoutKey Key = new(Seed: 1, Step: 2, Shard: 3, MicroBatch: 4);

    /// <summary>All texts of the reference: lengths 2 to 64, a typed [PAD] among them.</summary>
    public static EncoderInput Input() => EncoderInput.From([.. EncoderReference.Ids().OrderBy(ids => ids.Length)]);

    /// <summary>Embeddings of <see cref="Input"/>, and the gradients of the trained parameters by name.</summary>
    public static (Tensor Embeddings, Dictionary<string, Tensor> Gradients) EncodeAndDifferentiate(
        SentenceEncoder encoder, bool allowsFused, Precision precision = Precision.Float32)
    {
        encoder.AllowsFusedKernels = allowsFused;
        return EncodeAndDifferentiate(encoder, Input(), Key, precision);
    }

    /// <summary>Embeddings, and the gradients of the trained parameters by name.</summary>
    public static (Tensor Embeddings, Dictionary<string, Tensor> Gradients) EncodeAndDifferentiate(
        SentenceEncoder encoder, EncoderInput input, DropoutKey? key, Precision precision = Precision.Float32)
    {
        encoder.zero_grad();
        var embeddings = encoder.Encode(input, key, precision);
        Backward(embeddings);
        return (embeddings.detach(), Of(encoder));
    }

    /// <summary>From a gradient of the embeddings that is the same in every call.</summary>
    public static void Backward(Tensor embeddings)
        => embeddings.backward([linspace(-1, 1, embeddings.numel(), dtype: embeddings.dtype).view(embeddings.shape).sin()]);

    /// <summary>The gradients of the trained parameters by name, zeros where there is none.</summary>
    public static Dictionary<string, Tensor> Of(SentenceEncoder encoder)
        => encoder.named_parameters().Where(pair => pair.parameter.requires_grad)
            .ToDictionary(pair => pair.name, pair => (pair.parameter.grad ?? zeros_like(pair.parameter)).clone());
}
