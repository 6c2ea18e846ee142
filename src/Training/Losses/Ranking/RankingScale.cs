using Distributed.Jobs.Losses;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Ranking;

/// <summary>The factor on the similarity, as one pass sees it.</summary>
internal readonly record struct RankingScale
{
    private const double Largest = RankingLossOptions.LargestLearnedScale; // CLIP's limit, for stability

    private RankingScale(double value, bool isLearned, bool isClamped) => (Value, IsLearned, IsClamped) = (value, isLearned, isClamped);

    /// <summary>The factor, above 0.</summary>
    public double Value { get; }

    /// <summary>Whether it is trained.</summary>
    public bool IsLearned { get; }

    /// <summary>Whether the parameter stands at the limit or above it.</summary>
    public bool IsClamped { get; }

    public static RankingScale Fixed(double value) => new(value, isLearned: false, isClamped: false);

    /// <summary>exp(parameter), at most 100.</summary>
    public static RankingScale Learned(Parameter logScale)
    {
        using var scope = NewDisposeScope();
        var value = Math.Exp(logScale.detach().to(float64).item<double>());
        return new(Math.Min(value, Largest), isLearned: true, isClamped: value >= Largest);
    }

    /// <summary>
    /// Whether the parameter is held where it is: at the limit a slope that would raise it further counts as 0, one that brings it back counts in full.
    /// (The clamp's own slope, 0 on either side, would never let it come back.)
    /// </summary>
    /// <param name="slope">Slope of the whole batch's loss along the parameter: descent raises it where this is negative.</param>
    public bool Holds(double slope) => IsClamped && slope < 0;
}
