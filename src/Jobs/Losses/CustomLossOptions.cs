using System.Collections.Immutable;

namespace Distributed.Jobs.Losses;

/// <summary>A loss of the user's own: `custom` in a job file.</summary>
public sealed record CustomLossOptions : LossOptions
{
    /// <inheritdoc/>
    public override string Kind => "custom";

    /// <inheritdoc/>
    public override LossInput Input => LossInput.Any;

    /// <summary>The .dll that holds the class.</summary>
    public required string Assembly { get; init; }

    /// <summary>Full name of the class.</summary>
    public required string Type { get; init; }

    /// <summary>Numbers that the class's constructor gets, by parameter name.</summary>
    public ImmutableSortedDictionary<string, double> Settings { get; init; } = ImmutableSortedDictionary<string, double>.Empty;
}
