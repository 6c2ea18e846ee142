namespace Distributed.Hub;

/// <summary>A secret that opens gated and private models. It does not show itself in any text.</summary>
public sealed class HubToken
{
    /// <summary>Creates the token.</summary>
    public HubToken(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        Value = value;
    }

    /// <summary>The secret itself.</summary>
    internal string Value { get; }

    /// <summary>Refuses what no header takes.</summary>
    /// <exception cref="HubException">It holds what no token does.</exception>
    internal HubToken RequireUsable() =>
        Value.All(c => c is > ' ' and < (char)127) ? this : throw new HubException(HubError.Settings, "the hub's token holds characters that no token has");

    /// <inheritdoc/>
    public override string ToString() => "(secret)";
}
