using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>Rows of length 1, x̂ = x / max(‖x‖, 1e-12), and the way back of their gradient. A zero row stays zero.</summary>
internal static class UnitRows
{
    /// <summary>The smallest norm that is divided by: that of PyTorch's F.normalize.</summary>
    public const double SmallestNorm = 1e-12;

    /// <summary>x̂, a new tensor [rows, dim].</summary>
    public static Tensor Of(Tensor rows, double smallestNorm = SmallestNorm) => rows / Norms(rows).clamp_min_(smallestNorm);

    /// <summary>Writes x̂ into <paramref name="unit"/>, [rows, dim].</summary>
    public static void Write(Tensor rows, Tensor unit, double smallestNorm)
    {
        using var scope = NewDisposeScope();
        unit.copy_(rows).div_(Norms(rows).clamp_min_(smallestNorm));
    }

    /// <summary>
    /// The gradient with respect to x, [rows, dim], from <paramref name="gradient"/> with respect to x̂: (g − x̂(x̂·g)) / ‖x‖. Below the smallest norm x̂ is
    /// linear in x and the gradient g · 1e12, unless another smallest norm is given.
    /// </summary>
    public static Tensor Backward(Tensor rows, Tensor gradient, double smallestNorm = SmallestNorm)
    {
        var norms = Norms(rows);                       // [rows, 1]
        var divisors = norms.clamp_min(smallestNorm);
        var unit = rows / divisors;
        var along = (unit * gradient).sum(1, keepdim: true).masked_fill_(norms < smallestNorm, 0);
        return (gradient - (unit * along)).div_(divisors);
    }

    private static Tensor Norms(Tensor rows) => rows.norm(1, keepdim: true, p: 2f);
}
