using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `watch:`.</summary>
internal static class WatchSection
{
    private static readonly WatchOptions Default = new();
    private static readonly NumberRange AboveOne = new("above 1", x => x > 1);
    private static readonly NumberRange BetweenZeroAndOne = new("between 0 and 1", x => x is > 0 and < 1);

    public static WatchOptions Read(Section keys) => new()
    {
        EverySteps = keys.Int("every_steps", Default.EverySteps, min: 0),
        Alarms = keys.Choice("alarms", Default.Alarms, ("log", AlarmResponse.Log), ("stop", AlarmResponse.Stop)),
        Patience = keys.Int("patience", Default.Patience, min: 1, max: 1000),
        CollapseCosine = keys.Number("collapse_cosine", Default.CollapseCosine, BetweenZeroAndOne),
        ExplosionFactor = keys.Number("explosion_factor", Default.ExplosionFactor, AboveOne),
    };
}
