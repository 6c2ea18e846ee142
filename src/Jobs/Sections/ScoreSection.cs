using Distributed.Jobs.Losses;
using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `loss:` of the kinds cosent and angle.</summary>
internal static class ScoreSection
{
    private static readonly ScoreLossOptions Default = new();

    public static ScoreLossOptions Read(Section keys, ScoreObjective objective) => new()
    {
        Objective = objective,
        Scale = keys.Number("scale", Default.Scale, NumberRange.Positive),
    };
}
