using System.Collections.Immutable;
using Distributed.Training.Models.Encoders;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Modules;

/// <summary>A module that normalises each embedding to mean 0 and variance 1, then scales and shifts its components.</summary>
/// <param name="Dimension">Width of an embedding.</param>
internal sealed record LayerNormSpec(int Dimension) : ModuleSpec
{
    /// <inheritdoc/>
    public override int? Inputs => Dimension;

    /// <inheritdoc/>
    public override ImmutableArray<StoredParameter> Parameters => [new("norm.weight", [Dimension]), new("norm.bias", [Dimension])];

    /// <inheritdoc/>
    public override SentenceModule Create() => new LayerNormModule(Dimension);
}

/// <summary>Layer norm (Ba et al. 2016, arXiv 1607.06450) of embeddings.</summary>
internal sealed class LayerNormModule : SentenceModule
{
    private const double Epsilon = 1e-5;

    [ComponentName(Name = "norm")]
    private readonly Weights _norm;

    private readonly int _dimension;

    public LayerNormModule(int dimension)
        : base(nameof(LayerNormModule))
    {
        _dimension = dimension;
        _norm = Weights.LayerNorm(dimension);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor embeddings, EncoderPass pass)
        => nn.functional.layer_norm(embeddings, [_dimension], _norm.Weight, _norm.Bias, Epsilon);
}
