namespace Distributed.ReferenceCheck;

/// <summary>What came of one case.</summary>
/// <param name="Case">Its name, which starts with its part.</param>
/// <param name="Outcome">Passed, failed, or not supported by the product.</param>
/// <param name="LossError">Error of the loss or of the values, relative where that makes sense; null: none compared.</param>
/// <param name="GradientError">Largest error of a gradient relative to its largest entry; null: none compared.</param>
/// <param name="Detail">What failed or is not supported; null for a pass.</param>
internal sealed record CheckResult(string Case, CheckOutcome Outcome, double? LossError = null, double? GradientError = null, string? Detail = null)
{
    /// <summary>A case whose errors are compared with their limits.</summary>
    public static CheckResult Compare(string name, double lossError, double lossLimit, double? gradientError = null, double gradientLimit = 0)
    {
        // A comparison with NaN is false: it counts as a failure.
        var isWithin = lossError <= lossLimit && (gradientError is null || gradientError <= gradientLimit);
        var detail = isWithin ? null : $"error {lossError:e2} (limit {lossLimit:e0}), gradient {gradientError?.ToString("e2") ?? "-"} (limit {gradientLimit:e0})";
        return new(name, isWithin ? CheckOutcome.Passed : CheckOutcome.Failed, lossError, gradientError, detail);
    }

    /// <summary>A case that the product has no counterpart for.</summary>
    public static CheckResult Unsupported(string name, string what) => new(name, CheckOutcome.Unsupported, Detail: what);
}

/// <summary>What came of a case.</summary>
internal enum CheckOutcome
{
    Passed,
    Failed,
    Unsupported,
}
