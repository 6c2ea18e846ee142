using System.Collections.Immutable;
using Distributed.Jobs;
using YamlDotNet.RepresentationModel;

namespace Distributed.Cli.JobFiles;

/// <summary>A job with the command line's changes in it, and its text for the run's folder.</summary>
/// <param name="Job">The job; its paths are absolute.</param>
/// <param name="Text">YAML of the same job: the user's file with the changes, paths absolute, and the job's hash in the last line.</param>
internal sealed record EffectiveJob(Job Job, string Text)
{
    /// <summary>Name of the file in the run's folder.</summary>
    public const string FileName = "job.yaml";

    private const string HashPrefix = "# job hash: ";

    private static readonly JobOverride HubKey = new("model.hub", "");

    /// <summary>What the job starts from, as a command line names it: a folder, or a model of the hub with its commit where that is settled. Null: a new model.</summary>
    public string? StartingModel => Job.Model.Folder ?? RecordedHub(Text)?.ToString();

    /// <summary>Reads a job file and changes it. Relative paths start from the file's folder, those of <paramref name="overrides"/> from
    /// <paramref name="currentDirectory"/>.</summary>
    /// <exception cref="JobFileException">Every mistake, in lines of the user's file.</exception>
    public static EffectiveJob Load(string path, ImmutableArray<JobOverride> overrides, string currentDirectory)
    {
        if (!File.Exists(path) || File.ReadAllText(path) is var original && YamlText.Root(original) is null)
            return new EffectiveJob(JobFile.Load(path), "");   // throws: it says what is wrong better than we could

        var text = JobText.Of(original);
        foreach (var change in overrides)
            text = text.Set(change, ValueOf(change, currentDirectory));
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        text = text.WithPaths(value => Path.GetFullPath(value, folder));
        var job = Validate(path, text);
        return new EffectiveJob(job, $"{text.Text.TrimEnd()}\n{HashPrefix}{JobHash.Of(job)}\n");
    }

    /// <summary>The hash of the job that <paramref name="text"/> was made from, whatever became of its data; null: it does not say.</summary>
    public static string? RecordedHash(string text)
        => text.TrimEnd().Split('\n')[^1] is var last && last.StartsWith(HashPrefix, StringComparison.Ordinal) ? last[HashPrefix.Length..] : null;

    /// <summary>The model of the hub that <paramref name="text"/> starts from; null: it starts from something else.</summary>
    public static HubId? RecordedHub(string text)
    {
        YamlNode? node = YamlText.Root(text);
        foreach (var name in HubKey.Path)
            node = (node as YamlMappingNode)?.Children.FirstOrDefault(entry => entry.Key is YamlScalarNode key && key.Value == name).Value;
        return node is YamlScalarNode { Value: { } value } && HubId.TryParse(value, out var id) ? id : null;
    }

    /// <summary>The same job with the commit of its model in its text. The hash stays that of the job as it was given: a branch that moves makes no other job.</summary>
    public EffectiveJob WithModel(HubId commit) =>
        this with { Text = JobText.Of(Text).Set(HubKey, YamlText.Quote($"{commit.Repository}@{commit.Revision}")).Text };

    private static string ValueOf(JobOverride change, string currentDirectory)
        => JobPaths.Holds(change.Key) && change.Value.Length > 0
            ? YamlText.Values(change.Value, value => Path.GetFullPath(value, currentDirectory))
            : YamlText.Value(change.Value);

    private static Job Validate(string path, JobText text)
    {
        var copy = Path.GetTempFileName();
        try
        {
            File.WriteAllText(copy, text.Text);
            return JobFile.Load(copy);
        }
        catch (JobFileException e)
        {
            throw new JobFileException(path, [.. e.Errors.Select(error => Locate(error, text)).OrderBy(error => error.Line)]);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static JobFileError Locate(JobFileError error, JobText text)
    {
        if (error.Line < 1 || error.Line > text.Origins.Length)
            return error;
        var origin = text.Origins[error.Line - 1];
        var message = origin.Override is { } change ? $"{error.Message} (with {change.Key}={change.Value})" : error.Message;
        return new JobFileError(origin.Line, message);
    }
}
