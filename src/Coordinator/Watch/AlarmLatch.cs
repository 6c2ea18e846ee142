namespace Distributed.Coordinator.Watch;

/// <summary>One alarm's memory: it begins after several signs in a row and ends with the first measurement that is well on the other side.</summary>
internal sealed class AlarmLatch
{
    private int _signs;

    /// <summary>The change that it began with; null while all is well.</summary>
    public AlarmChange? Active { get; private set; }

    /// <summary>Takes in one measurement; the change that it makes, if any.</summary>
    /// <param name="kind">Which alarm this is.</param>
    /// <param name="step">The measured step.</param>
    /// <param name="sign">What the measurement says.</param>
    /// <param name="patience">Signs in a row that begin the alarm.</param>
    public AlarmChange? Take(AlarmKind kind, long step, AlarmSign sign, int patience)
    {
        _signs = sign.Level switch
        {
            SignLevel.Bad => _signs + 1,
            SignLevel.Unknown => _signs,
            _ => 0,
        };
        var isRaised = Active is null && sign.Level is SignLevel.Bad && _signs >= patience;
        var isCleared = Active is not null && sign.Level is SignLevel.Good;
        if (!isRaised && !isCleared)
            return null;

        var change = new AlarmChange(kind, isRaised, step, sign.Reason);
        Active = isRaised ? change : null;
        return change;
    }
}

/// <summary>What one measurement says of one alarm.</summary>
/// <param name="Level">Bad, good, or between the two.</param>
/// <param name="Reason">The figures that say so, on one line.</param>
internal readonly record struct AlarmSign(SignLevel Level, string Reason)
{
    /// <summary>The measurement lacks the figures.</summary>
    public static AlarmSign Unknown { get; } = new(SignLevel.Unknown, "");
}

/// <summary>Levels of an <see cref="AlarmSign"/>.</summary>
internal enum SignLevel
{
    /// <summary>The measurement says nothing, as that of a dataset with another loss: it is passed over.</summary>
    Unknown,

    /// <summary>Neither: an alarm that is on stays on, one that is off stays off.</summary>
    Between,

    /// <summary>All is well.</summary>
    Good,

    /// <summary>The alarm's condition holds.</summary>
    Bad,
}
