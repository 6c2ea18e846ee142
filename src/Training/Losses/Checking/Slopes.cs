using System.Globalization;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Checking;

/// <summary>
/// Compares a gradient, number by number, with differences of the loss. At a kink, such as a hinge or a tie of two nearest rows, the gradient has to lie
/// between the slopes of the two sides.
/// </summary>
internal sealed class Slopes(IEmbeddingLoss loss)
{
    // Powers of two: x ± a few of them is exact in float64, and in float32 for numbers below 8. A loss may use a float32 number in float32 arithmetic, so that its value
    // is rounded to 2⁻²⁴ of it and finer steps would see nothing else. Of the largest entry 1e-5 is what a central difference leaves for a scale of 100.
    private static readonly Steps OfFloat64 = new(Central: 1.0 / (1 << 20), Side: 1.0 / (1 << 23), Relative: 1e-5, OfTheLoss: 1e-8);
    private static readonly Steps OfFloat32 = new(Central: 1.0 / (1 << 14), Side: 1.0 / (1 << 14), Relative: 1e-3, OfTheLoss: 1.0 / (1 << 10));

    private const double SideRounding = 8; // what the extrapolation makes of it

    private int _compared;
    private double _worst;
    private string? _failure;

    /// <summary>What failures are said to be on.</summary>
    public string BatchName { get; set; } = "";

    /// <summary>What was found so far.</summary>
    public LossCheck Check => new("", _failure is null && _compared > 0, _failure
        ?? string.Create(CultureInfo.InvariantCulture, $"{_compared} numbers, at most {_worst:0.0E+0} of the largest off"));

    /// <summary>Compares one number's gradient.</summary>
    /// <param name="name">Its place.</param>
    /// <param name="batch">The batch; <paramref name="number"/> belongs to it or to the loss.</param>
    /// <param name="number">A view of it. Moved and put back.</param>
    /// <param name="gradient">What the loss says.</param>
    /// <param name="largest">The largest entry of that gradient.</param>
    public void Compare(string name, EmbeddingBatch batch, Tensor number, double gradient, double largest)
    {
        _compared++;
        var start = number.to(float64).item<double>();
        var steps = number.dtype == ScalarType.Float32 ? OfFloat32 : OfFloat64;
        var (below, above) = (At(-steps.Central), At(steps.Central));
        var central = (above - below) / (2 * steps.Central);
        var (relative, rounding) = (steps.Relative * largest, steps.OfTheLoss * Math.Max(1, Math.Abs(above)));
        if (Math.Abs(gradient - central) <= relative + rounding)
            _worst = Math.Max(_worst, largest > 0 ? Math.Abs(gradient - central) / largest : 0);
        else if (!IsBetweenSides(relative + (SideRounding * rounding)))
            _failure ??= string.Create(CultureInfo.InvariantCulture, $"{BatchName}, {name}: gradient {gradient:G6}, slope of the loss {central:G6}");

        bool IsBetweenSides(double tolerance)
        {
            var (left, right) = (Side(-steps.Side), Side(steps.Side));
            return gradient >= Math.Min(left, right) - tolerance && gradient <= Math.Max(left, right) + tolerance;
        }

        // Extrapolated from one to three steps away: a kink that is only nearly at the number would lie within the first.
        double Side(double step)
        {
            var (first, second, third) = (At(step), At(2 * step), At(3 * step));
            var (near, far) = ((second - first) / step, (third - second) / step); // the slopes 1.5 and 2.5 steps away
            return near + (1.5 * (near - far));
        }

        double At(double move)
        {
            using var gradientMode = no_grad();
            number.fill_(start + move);
            var value = LossOutcome.ValueOf(loss, batch);
            number.fill_(start);
            return value;
        }
    }

    /// <summary>How far a number is moved, and what differences may be off.</summary>
    /// <param name="Central">To either side, for the slope at the number.</param>
    /// <param name="Side">From point to point on one side.</param>
    /// <param name="Relative">Of the largest entry of the gradient: the curvature.</param>
    /// <param name="OfTheLoss">Of the loss: its rounding, divided by a step.</param>
    private readonly record struct Steps(double Central, double Side, double Relative, double OfTheLoss);
}
