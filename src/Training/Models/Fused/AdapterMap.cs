using Distributed.Training.Models.Adapters;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>
/// The adapter of a linear map in one forward pass and its backward. Nothing is kept in between: the dropped input and its product with A, as small as
/// the rank, are computed again.
/// </summary>
/// <param name="Update">A, B and their scale.</param>
/// <param name="Mask">Dropout of the input; null: none.</param>
/// <param name="Products">Type of the products; what comes in is of that type.</param>
internal sealed unsafe record AdapterMap(LowRankUpdate Update, DropoutMask? Mask, ScalarType Products)
{
    private Tensor Down => Update.Down.Weight.to(Products);

    private Tensor Up => Update.Up.Weight.to(Products);

    /// <summary>Adds s · B A drop(x) to the map's output, float32.</summary>
    public void AddOutput(Tensor input, Tensor output)
    {
        using var scope = NewDisposeScope();
        AddProduct(output, Drop(input).mm(Down.t()), Up.t());
    }

    /// <summary>Adds the batch's share to the gradients of A and B.</summary>
    public void Accumulate(Tensor outputGradient, Tensor input)
    {
        using var scope = NewDisposeScope();
        var dropped = Drop(input);
        if (Update.Up.Weight.requires_grad)
            AddProduct(Update.Up.Weight.Gradient, outputGradient.t(), dropped.mm(Down.t()));
        if (Update.Down.Weight.requires_grad)
            AddProduct(Update.Down.Weight.Gradient, outputGradient.mm(Up).t(), dropped);
    }

    /// <summary>Adds the adapter's share of the input's gradient, float32.</summary>
    public void AddInputGradient(Tensor outputGradient, Tensor sum)
    {
        using var scope = NewDisposeScope();
        var inner = outputGradient.mm(Up); // [tokens, rank]
        if (Mask is not { } mask)
        {
            AddProduct(sum, inner, Down);
            return;
        }

        var gradient = zeros_like(sum);
        AddProduct(gradient, inner, Down);
        Multiply(gradient, mask);
        sum.add_(gradient);
    }

    private void AddProduct(Tensor sum, Tensor left, Tensor right)
    {
        if (Products == sum.dtype)
            sum.addmm_(left, right, 1, (float)Update.Scale);
        else
            sum.add_(left.mm(right), alpha: Update.Scale);
    }

    private Tensor Drop(Tensor input)
    {
        if (Mask is not { } mask)
            return input;
        var dropped = input.to(ScalarType.Float32, copy: true);
        Multiply(dropped, mask);
        return dropped.to(Products);
    }

    // Rows are as wide as the kernels take them, so that the count is a multiple of a vector's.
    private static void Multiply(Tensor states, DropoutMask mask) => mask.Multiply(states.Pointer<float>(), states.numel());
}
