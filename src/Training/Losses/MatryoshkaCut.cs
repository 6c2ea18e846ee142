using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>A dimension that embeddings are cut to.</summary>
/// <param name="Dim">Components that are kept, the first ones.</param>
/// <param name="Weight">Weight of its loss.</param>
internal readonly record struct MatryoshkaCut(int Dim, double Weight)
{
    /// <summary>The first components of each row, scaled to length 1: a new tensor, [rows, Dim].</summary>
    public Tensor Of(Tensor rows) => UnitRows.Of(rows.narrow(1, 0, Dim));

    /// <summary>Adds to a gradient with respect to whole rows, [rows, dim], what comes from one with respect to the cut ones.</summary>
    public void AddBackward(Tensor rows, Tensor gradient, Tensor sum) =>
        sum.narrow(1, 0, Dim).add_(UnitRows.Backward(rows.narrow(1, 0, Dim), gradient).mul_(Weight));
}
