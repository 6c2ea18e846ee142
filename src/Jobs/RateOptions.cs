namespace Distributed.Jobs;

/// <summary>Another learning rate for some of the parameters.</summary>
public sealed record RateOptions
{
    /// <summary>Pattern with * and ? over the parameters' names; one that matches the first parts of a name matches all that is below.</summary>
    public required string Pattern { get; init; }

    /// <summary>What their learning rate is multiplied by, above 0. Default 1.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Their weight decay; biases and LayerNorm have none in any case. Null: that of the job.</summary>
    public double? WeightDecay { get; init; }
}
