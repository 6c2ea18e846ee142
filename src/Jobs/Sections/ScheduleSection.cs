using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `schedule:`.</summary>
internal static class ScheduleSection
{
    private static readonly ScheduleOptions Default = new();

    public static ScheduleOptions Read(Section keys) => new()
    {
        Kind = keys.Choice("kind", Default.Kind,
            ("linear", ScheduleKind.Linear), ("cosine", ScheduleKind.Cosine), ("constant", ScheduleKind.Constant)),
        WarmupRatio = keys.Number("warmup_ratio", Default.WarmupRatio, NumberRange.Share),
        WarmupSteps = keys.OptionalInt("warmup_steps", min: 0),
    };
}
