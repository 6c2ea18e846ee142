using static TorchSharp.torch;

namespace Distributed.Training.Losses.Pairs.Measures;

/// <summary>
/// |Σ_k (Re + Im)(a_k / b_k)| · ‖b‖/‖a‖, the halves of a row being the real and imaginary parts of complex numbers; in an odd dimension a zero is appended.
/// The quotients share one denominator, so that it is |â · (b̂ + i b̂)|, with i the turn (x, y) → (−y, x): no division by a row's length but the one that
/// makes unit rows, and 0 without gradient where a row is zero.
/// </summary>
internal sealed class AngleMeasure : PairMeasure
{
    public override Tensor Of(Tensor a, Tensor b) => Signed(Unit(a), Unit(b)).abs_();

    public override (Tensor A, Tensor B) Backward(Tensor a, Tensor b, Tensor weights)
    {
        var (unitA, unitB) = (Unit(a), Unit(b));
        var signed = Signed(unitA, unitB).sign_().mul_(weights);                                // [rows, 1]
        return (Whole(a, Turned(unitB).add_(unitB).mul_(signed)), Whole(b, Turned(unitA).neg_().add_(unitA).mul_(signed)));
    }

    // â · (b̂ + i b̂), [rows, 1].
    private static Tensor Signed(Tensor unitA, Tensor unitB) => (unitA * Turned(unitB).add_(unitB)).sum(1, keepdim: true);

    // The turn i of every complex number; its transpose is −i.
    private static Tensor Turned(Tensor rows)
    {
        var half = rows.size(1) / 2;
        return cat([rows.narrow(1, half, half).neg(), rows.narrow(1, 0, half)], dim: 1);
    }

    // Rows of length 1, with an even number of components.
    private static Tensor Unit(Tensor rows)
    {
        var unit = UnitRows.Of(rows);
        return rows.size(1) % 2 == 0 ? unit : cat([unit, zeros([unit.size(0), 1], unit.dtype, unit.device)], dim: 1);
    }

    private static Tensor Whole(Tensor rows, Tensor gradient) => UnitRows.Backward(rows, gradient.narrow(1, 0, rows.size(1)));
}
