using Distributed.Training.Models.Encoders;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Modules;

/// <summary>A module that scales embeddings to length 1.</summary>
internal sealed record NormalizeSpec : ModuleSpec
{
    /// <inheritdoc/>
    public override SentenceModule Create() => new NormalizeModule();
}

/// <summary>x / max(‖x‖, ε).</summary>
internal sealed class NormalizeModule() : SentenceModule(nameof(NormalizeModule))
{
    private const double Epsilon = 1e-12;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor embeddings, EncoderPass pass) => embeddings / embeddings.norm(1, keepdim: true).clamp_min(Epsilon);
}
