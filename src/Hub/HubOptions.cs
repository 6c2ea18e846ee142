using System.Text.RegularExpressions;

namespace Distributed.Hub;

/// <summary>Where models come from and where they are kept.</summary>
public sealed partial record HubOptions
{
    private const string HuggingFace = "https://huggingface.co";
    private static readonly string[] TrueWords = ["1", "ON", "YES", "TRUE"];

    /// <summary>Folder of the cache, shared with Python's huggingface_hub.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Address of the hub.</summary>
    public string Endpoint { get; init; } = HuggingFace;

    /// <summary>Opens gated and private models; null: <see cref="TokenFile"/> may hold one.</summary>
    public HubToken? Token { get; init; }

    /// <summary>File that may hold a token; null: none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Whether the network is left alone.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Whether a model's folder holds links to the cache's content; otherwise copies.</summary>
    public bool HasLinks { get; init; } = true;

    /// <summary>How long the hub may take to answer. Default 10 s.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long nothing may arrive of a file. Default 30 s.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a request is repeated that failed in passing. Default 4.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>Pause before the first repetition; it doubles each time, with jitter. Default 0.5 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>What the environment says, in the variables of Python's huggingface_hub.</summary>
    /// <param name="variable">Value of an environment variable; null where it is not set.</param>
    /// <param name="home">The user's home folder.</param>
    public static HubOptions FromEnvironment(Func<string, string?> variable, string home)
    {
        ArgumentNullException.ThrowIfNull(variable);
        string? Value(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
                if (variable(name)?.Trim() is { Length: > 0 } value)
                    return value;
            return null;
        }

        bool IsTrue(params ReadOnlySpan<string> names) => Value(names) is { } value && TrueWords.Contains(value.ToUpperInvariant());
        string Folder(string text) => Path.GetFullPath(Expand(text, variable, home));
        var hubHome = Folder(Value("HF_HOME") ?? Path.Combine(Value("XDG_CACHE_HOME") ?? Path.Combine(home, ".cache"), "huggingface"));
        var hasToken = !IsTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN");
        return new HubOptions
        {
            CacheFolder = Value("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE") is { } cache ? Folder(cache) : Path.Combine(hubHome, "hub"),
            Endpoint = (Value("HF_ENDPOINT") ?? HuggingFace).TrimEnd('/'),
            Token = hasToken && Value("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") is { } token ? new HubToken(token) : null,
            TokenFile = hasToken ? Value("HF_TOKEN_PATH") is { } file ? Folder(file) : Path.Combine(hubHome, "token") : null,
            IsOffline = IsTrue("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"),
            HasLinks = !IsTrue("HF_HUB_DISABLE_SYMLINKS"),
        };
    }

    private static string Expand(string text, Func<string, string?> variable, string home)
    {
        var path = text == "~" || text.StartsWith("~/", StringComparison.Ordinal) ? home + text[1..] : text;
        return Variable().Replace(path, match => variable(match.Groups["name"].Value) ?? match.Value);
    }

    [GeneratedRegex(@"\$(?<brace>\{)?(?<name>[A-Za-z0-9_]+)(?(brace)\})", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}
