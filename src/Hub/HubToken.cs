namespace Distributed.Hub;

/// <summary>A secret that opens gated and private models. It does not show itself in any text.</summary>
public sealed class HubToken
{
    /// <summary>Creates the token.</summary>
    /// <exception cref="HubException">It holds what no token does.</exception>
    public HubToken(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        Value = value.All(c => c is > ' ' and < (char)127) ? value : throw new HubException(HubError.Settings, "the hub's token holds characters that no token has");
    }

    /// <summary>The secret itself.</summary>
    internal string Value { get; }

    /// <inheritdoc/>
    public override string ToString() => "(secret)";
}
