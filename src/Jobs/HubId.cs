using System.Diagnostics.CodeAnalysis;

namespace Distributed.Jobs;

/// <summary>A model of a hub as users write it: `org/name`, or `org/name@revision`.</summary>
public sealed record HubId
{
    /// <summary>The branch that is meant where none is named.</summary>
    public const string DefaultRevision = "main";

    private const int LongestRepository = 96;
    private const int LongestRevision = 255;
    private const int CommitDigits = 40;

    private HubId(string repository, string revision) => (Repository, Revision) = (repository, revision);

    /// <summary>Owner and name, joined by a slash.</summary>
    public string Repository { get; }

    /// <summary>Branch, tag or commit.</summary>
    public string Revision { get; private init; }

    /// <summary>Whether the revision is a whole commit hash, whose files never change.</summary>
    public bool IsCommit => IsCommitHash(Revision);

    /// <summary>Reads an id; false where <paramref name="text"/> is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out HubId? id)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var (repository, revision) = at < 0 ? (text, DefaultRevision) : (text[..at], text[(at + 1)..]);
        id = IsRepository(repository) && IsRevision(revision) ? new HubId(repository, revision) : null;
        return id is not null;
    }

    /// <summary>Reads an id that has been checked before.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is no id.</exception>
    public static HubId Parse(string text) => TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no id of a model");

    /// <summary>Whether <paramref name="text"/> is a whole commit hash, in lower case.</summary>
    public static bool IsCommitHash(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length == CommitDigits && text.All(char.IsAsciiHexDigitLower);
    }

    /// <summary>The same model at a commit.</summary>
    public HubId At(string commit) => IsCommitHash(commit) ? this with { Revision = commit } : throw new ArgumentException($"{commit}: no commit hash", nameof(commit));

    /// <inheritdoc/>
    public override string ToString() => Revision == DefaultRevision ? Repository : $"{Repository}@{Revision}";

    // "--" stands for the slash in the name of the cache's folder.
    private static bool IsRepository(string text) =>
        text.Length <= LongestRepository && text.Split('/') is [var owner, var name] && IsName(owner) && IsName(name) && !name.EndsWith(".git", StringComparison.Ordinal);

    private static bool IsName(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && text[0] is not ('-' or '.') && text[^1] is not ('-' or '.')
        && !text.Contains("--", StringComparison.Ordinal) && !text.Contains("..", StringComparison.Ordinal);

    // What git allows, less what no file name should hold: a revision is a path in the cache.
    private static bool IsRevision(string text) =>
        text.Length is > 0 and <= LongestRevision && text[0] != '-' && text.Split('/').All(part => part.Length > 0 && part[0] != '.' && part[^1] != '.')
        && !text.Contains("..", StringComparison.Ordinal) && !text.Any(c => c <= ' ' || c == 127 || char.IsControl(c) || char.IsSurrogate(c) || "\\:*?\"<>|~^[@".Contains(c, StringComparison.Ordinal));
}
