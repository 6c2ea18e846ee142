namespace Distributed.Coordinator.Watch;

/// <summary>An alarm begins or ends.</summary>
/// <param name="Kind">Which alarm.</param>
/// <param name="IsRaised">It begins.</param>
/// <param name="Step">The step whose measurement shows it.</param>
/// <param name="Reason">The figures that show it, on one line.</param>
internal sealed record AlarmChange(AlarmKind Kind, bool IsRaised, long Step, string Reason)
{
    /// <summary>The alarm's name, as logs and documents have it.</summary>
    public string Name => Kind switch
    {
        AlarmKind.SaturatedLoss => "saturated-loss",
        AlarmKind.Explosion => "explosion",
        _ => "collapse",
    };
}
