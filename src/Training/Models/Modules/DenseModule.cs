using System.Collections.Immutable;
using Distributed.Training.Models.Encoders;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Modules;

/// <summary>A module that maps embeddings linearly and applies a function to each component.</summary>
/// <param name="InFeatures">Width of its input.</param>
/// <param name="OutFeatures">Width of its output.</param>
/// <param name="HasBias">Whether the linear map has a bias.</param>
/// <param name="Activation">The function.</param>
/// <param name="HasResidual">Whether the input is added to the output, through a linear map of its own where the widths differ.</param>
internal sealed record DenseSpec(int InFeatures, int OutFeatures, bool HasBias, DenseActivation Activation, bool HasResidual) : ModuleSpec
{
    /// <summary>Whether the residual has a linear map.</summary>
    public bool ProjectsResidual => HasResidual && InFeatures != OutFeatures;

    /// <inheritdoc/>
    public override int? Inputs => InFeatures;

    /// <inheritdoc/>
    public override ImmutableArray<StoredParameter> Parameters =>
    [
        new("linear.weight", [OutFeatures, InFeatures]),
        .. HasBias ? [new StoredParameter("linear.bias", [OutFeatures])] : ImmutableArray<StoredParameter>.Empty,
        .. ProjectsResidual ? [new StoredParameter("residual.weight", [OutFeatures, InFeatures])] : ImmutableArray<StoredParameter>.Empty,
    ];

    /// <inheritdoc/>
    public override int Outputs(int inputs) => OutFeatures;

    /// <inheritdoc/>
    public override SentenceModule Create() => new DenseModule(this);
}

/// <summary>f(x Wᵀ + b), plus x or x Rᵀ with a residual.</summary>
internal sealed class DenseModule : SentenceModule
{
    [ComponentName(Name = "linear")]
    private readonly Projection _linear;

    [ComponentName(Name = "residual")]
    private readonly Projection? _residual;

    private readonly DenseSpec _spec;

    public DenseModule(DenseSpec spec)
        : base(nameof(DenseModule))
    {
        _spec = spec;
        _linear = new Projection(spec.InFeatures, spec.OutFeatures, spec.HasBias);
        _residual = spec.ProjectsResidual ? new Projection(spec.InFeatures, spec.OutFeatures, hasBias: false) : null;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor embeddings, EncoderPass pass)
    {
        var output = _spec.Activation.Apply(_linear.Apply(embeddings, pass));
        return _spec.HasResidual ? output + (_residual?.Apply(embeddings, pass) ?? embeddings) : output;
    }
}
