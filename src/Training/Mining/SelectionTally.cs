namespace Distributed.Training.Mining;

/// <summary>What became of the candidates within the rank range.</summary>
/// <param name="Considered">How many there were.</param>
/// <param name="WithinMargin">Of them, too similar beside the positive.</param>
/// <param name="AboveMaxScore">Of the rest, too similar.</param>
/// <param name="BelowMinScore">Of the rest, not similar enough.</param>
public readonly record struct SelectionTally(long Considered, long WithinMargin, long AboveMaxScore, long BelowMinScore)
{
    /// <summary>Both together.</summary>
    public static SelectionTally operator +(SelectionTally left, SelectionTally right) => Add(left, right);

    /// <summary>Both together.</summary>
    public static SelectionTally Add(SelectionTally left, SelectionTally right) => new(
        left.Considered + right.Considered,
        left.WithinMargin + right.WithinMargin,
        left.AboveMaxScore + right.AboveMaxScore,
        left.BelowMinScore + right.BelowMinScore);
}
