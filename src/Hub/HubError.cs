namespace Distributed.Hub;

/// <summary>Why a model cannot be had.</summary>
public enum HubError
{
    /// <summary>There is no such model.</summary>
    NoSuchModel,

    /// <summary>The model has no such branch, tag or commit.</summary>
    NoSuchRevision,

    /// <summary>It is gated or private.</summary>
    AccessDenied,

    /// <summary>The hub cannot be reached, breaks off, or is not in working order.</summary>
    Unavailable,

    /// <summary>The network may not be used, and the cache lacks the model.</summary>
    Offline,

    /// <summary>The hub's answer is not what it should be.</summary>
    BadAnswer,

    /// <summary>Content does not have the checksum that the hub states.</summary>
    WrongContent,

    /// <summary>The model has no weights in safetensors files.</summary>
    NoSafetensors,

    /// <summary>The cache cannot be written, for want of room or otherwise.</summary>
    Storage,

    /// <summary>A setting, such as the endpoint, makes no sense.</summary>
    Settings,
}
