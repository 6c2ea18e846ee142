using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Watch;

/// <summary>x̂ = x / ‖x‖ for vectors of any length, however short; a zero vector stays zero.</summary>
internal static class Directions
{
    /// <summary>x̂ of each row, [rows, dim].</summary>
    public static Tensor Of(Tensor rows) => Blocks.Fill(empty_like(rows), rows, OfFew);

    private static Tensor OfFew(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var scaled = rows / OneIfZero(rows.abs().amax([1], keepdim: true)); // the square of a tiny number would be lost
        return (scaled / OneIfZero(scaled.norm(1, keepdim: true, p: 2f))).MoveToOuterDisposeScope();
    }

    private static Tensor OneIfZero(Tensor divisors) => where(divisors == 0, ones_like(divisors), divisors);
}
