using System.Collections.Immutable;

namespace Distributed.Jobs;

/// <summary>A job file that cannot be run, with everything that is wrong with it. The message has one line for each mistake: file, line, reason.</summary>
public sealed class JobFileException(string path, ImmutableArray<JobFileError> errors) : Exception(Describe(path, errors))
{
    /// <summary>The job file.</summary>
    public string Path { get; } = path;

    /// <summary>Every mistake, in the order of their lines; at least one.</summary>
    public ImmutableArray<JobFileError> Errors { get; } = errors;

    private static string Describe(string path, ImmutableArray<JobFileError> errors) =>
        string.Join('\n', errors.Select(error => error.Line == 0 ? $"{path}: {error.Message}" : $"{path}:{error.Line}: {error.Message}"));
}
