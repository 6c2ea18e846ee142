namespace Distributed.Jobs.Yaml;

/// <summary>Numbers that a key may have.</summary>
/// <param name="Description">In words: "above 0".</param>
/// <param name="Contains">Whether a number is one of them.</param>
internal sealed record NumberRange(string Description, Func<double, bool> Contains)
{
    /// <summary>x &gt; 0.</summary>
    public static NumberRange Positive { get; } = new("above 0", x => x > 0);

    /// <summary>x ≥ 0.</summary>
    public static NumberRange NotNegative { get; } = new("of at least 0", x => x >= 0);

    /// <summary>0 ≤ x ≤ 1.</summary>
    public static NumberRange Share { get; } = new("from 0 to 1", x => x is >= 0 and <= 1);

    /// <summary>0 ≤ x &lt; 1.</summary>
    public static NumberRange BelowOne { get; } = new("from 0 to below 1", x => x is >= 0 and < 1);

    /// <summary>Any finite number.</summary>
    public static NumberRange Any { get; } = new("such as 0.5", _ => true);

    /// <summary>1, 2, 3 …</summary>
    public static NumberRange WholeFromOne { get; } = new("that is whole and at least 1", x => x is >= 1 and <= int.MaxValue && x == Math.Floor(x));
}
