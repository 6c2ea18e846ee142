using System.Globalization;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Checking;

/// <summary>
/// Compares a gradient, number by number, with differences of the loss. At a kink, such as a hinge or a tie of two nearest rows, the gradient has to lie
/// between the slopes of the two sides.
/// </summary>
internal sealed class Slopes(IEmbeddingLoss loss)
{
    // A power of two: x ± Step is exact in float64, and in float32 for numbers below 8.
    private const double Step = 1.0 / (1 << 20);
    private const double SmallStep = Step / 8;
    private const double Relative = 1e-5;   // of the largest entry: what a central difference leaves for a scale of 100
    private const double OfTheLoss = 1e-8;  // rounding of the loss, divided by a step

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
        var (below, above) = (At(-Step), At(Step));
        var central = (above - below) / (2 * Step);
        var tolerance = (Relative * largest) + (OfTheLoss * Math.Max(1, Math.Abs(above)));
        if (Math.Abs(gradient - central) <= tolerance)
            _worst = Math.Max(_worst, largest > 0 ? Math.Abs(gradient - central) / largest : 0);
        else if (!IsBetweenSides())
            _failure ??= string.Create(CultureInfo.InvariantCulture, $"{BatchName}, {name}: gradient {gradient:G6}, slope of the loss {central:G6}");

        bool IsBetweenSides()
        {
            var here = At(0);
            var (left, right) = ((here - At(-SmallStep)) / SmallStep, (At(SmallStep) - here) / SmallStep);
            return gradient >= Math.Min(left, right) - tolerance && gradient <= Math.Max(left, right) + tolerance;
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
}
