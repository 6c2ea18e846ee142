namespace Distributed.Training.Losses.Pairs.Objectives;

/// <summary>log Σ exp(x) over numbers that come one by one; −∞ before the first.</summary>
/// <param name="Largest">The largest x.</param>
/// <param name="Sum">Σ exp(x − largest).</param>
internal readonly record struct LogSum(double Largest, double Sum)
{
    public static LogSum Empty => new(double.NegativeInfinity, 0);

    public double Log => Largest + Math.Log(Sum);

    /// <summary>log(1 + Σ exp(x)).</summary>
    public double LogOfOnePlus => Math.Max(Log, 0) + LogOnePlusExp(-Math.Abs(Log));

    public LogSum Plus(double x)
    {
        if (double.IsNegativeInfinity(x))
            return this;
        return x > Largest ? new(x, (Sum * Math.Exp(Largest - x)) + 1) : new(Largest, Sum + Math.Exp(x - Largest));
    }

    // log(1 + exp(x)) for x ≤ 0, right for the smallest exp(x).
    private static double LogOnePlusExp(double x)
    {
        var e = Math.Exp(x);
        var sum = 1 + e;
        return sum == 1 ? e : Math.Log(sum) * (e / (sum - 1));
    }
}
