using System.Collections.Immutable;

namespace Distributed.Training.Losses.Checking;

/// <summary>What <see cref="GradientCheck"/> found.</summary>
/// <param name="Checks">Each check, in the order they ran.</param>
public sealed record LossReport(ImmutableArray<LossCheck> Checks)
{
    /// <summary>Whether all hold.</summary>
    public bool Passed => Checks.All(check => check.Passed);

    /// <summary>A line for each check: ok or FAILED, its name, and its detail.</summary>
    public override string ToString()
    {
        var width = Checks.Max(check => check.Name.Length);
        return string.Join('\n', Checks.Select(check => $"{(check.Passed ? "ok    " : "FAILED")}  {check.Name.PadRight(width)}  {check.Detail}"));
    }
}
