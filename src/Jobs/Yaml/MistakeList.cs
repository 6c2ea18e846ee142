using System.Collections.Immutable;

namespace Distributed.Jobs.Yaml;

/// <summary>The mistakes found so far. Reading goes on after each, so that a user sees all of them at once.</summary>
internal sealed class MistakeList
{
    private readonly List<JobFileError> _errors = [];
    private readonly HashSet<string> _wrongKeys = new(StringComparer.Ordinal);

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _errors.Count == 0;

    /// <summary>Notes a mistake that concerns no single key.</summary>
    public void Add(int line, string message) => _errors.Add(new JobFileError(line, message));

    /// <summary>Notes a mistake in the value of a key, given by its whole path.</summary>
    public void Add(int line, string keyPath, string message)
    {
        _wrongKeys.Add(keyPath);
        Add(line, $"{keyPath}: {message}");
    }

    /// <summary>Whether the value of a key could not be used, so that what follows from it need not be reported as well.</summary>
    public bool Concern(string keyPath) => _wrongKeys.Contains(keyPath);

    /// <summary>All mistakes in the order of their lines.</summary>
    public ImmutableArray<JobFileError> ToSorted() => [.. _errors.OrderBy(error => error.Line)];
}
