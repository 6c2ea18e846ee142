using static TorchSharp.torch;

namespace Distributed.Training.Models.Adapters;

/// <summary>The update of one linear map: y = W x + b + s · B A drop(x).</summary>
/// <param name="Site">Names its dropout mask: its number among the model's adapters.</param>
/// <param name="Down">A, [rank, inputs].</param>
/// <param name="Up">B, [outputs, rank].</param>
/// <param name="Scale">s.</param>
/// <param name="Dropout">Probability that an element of x is dropped in training.</param>
internal sealed record LowRankUpdate(int Site, LoraMatrix Down, LoraMatrix Up, double Scale, double Dropout)
{
    /// <summary>Whether A or B is trained.</summary>
    public bool Trains => Down.Weight.requires_grad || Up.Weight.requires_grad;

    /// <summary>s · B A x of dropped states [tokens, inputs], by libtorch's operators: [tokens, outputs] in the states' type.</summary>
    /// <param name="states">The states.</param>
    /// <param name="products">Type of the products.</param>
    public Tensor Apply(Tensor states, ScalarType products)
    {
        using var scope = NewDisposeScope();
        var inner = nn.functional.linear(states.to(products), Down.Weight.to(products)); // [tokens, rank]
        return (nn.functional.linear(inner, Up.Weight.to(products)).to(states.dtype) * Scale).MoveToOuterDisposeScope();
    }

    /// <summary>The map's weight with the update in it: W + s · B A, computed in double precision.</summary>
    public Tensor Merge(Tensor weight)
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        var update = Up.Weight.to(ScalarType.Float64).mm(Down.Weight.to(ScalarType.Float64)) * Scale;
        return (weight.to(ScalarType.Float64) + update).to(weight.dtype).MoveToOuterDisposeScope();
    }
}
