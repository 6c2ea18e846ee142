using System.Text.RegularExpressions;
using Distributed.Cli.JobFiles;
using Distributed.Cli.Launching;
using Distributed.Jobs;

namespace Distributed.Cli.Output;

/// <summary>The folder of a run: what is in it, and whether it may be used or emptied.</summary>
internal sealed partial class RunFolder(string path)
{
    private const string JournalName = "journal.db";
    private const string ModelName = "model";
    private const string LogsName = "logs";

    // All that a run writes at the top of its folder; nothing else is ever deleted.
    private static readonly string[] Files =
    [
        JournalName, JournalName + "-wal", JournalName + "-shm", JournalName + "-journal",
        EffectiveJob.FileName, EffectiveJob.FileName + ".partial", CoordinatorAddress.FileName, CoordinatorAddress.FileName + ".new",
        RunLock.FileName, RunLock.CoordinatorFileName,
    ];

    private static readonly string[] Folders = [ModelName, "checkpoints", LogsName];

    /// <summary>Full path.</summary>
    public string Root { get; } = Path.GetFullPath(path);

    /// <summary>The trained model; there once the run is complete.</summary>
    public string Model => Path.Combine(Root, ModelName);

    /// <summary>A log file for each process.</summary>
    public string Logs => Path.Combine(Root, LogsName);

    /// <summary>The job that the processes read.</summary>
    public string JobFile => Path.Combine(Root, EffectiveJob.FileName);

    /// <summary>Whether a run has begun here.</summary>
    public bool HasJournal => File.Exists(Path.Combine(Root, JournalName));

    /// <summary>Whether a whole model lies here: it is written aside and renamed, and `modules.json` is a part of it.</summary>
    public bool HasModel => File.Exists(Path.Combine(Model, "modules.json"));

    /// <summary>Whether files lie here and no journal says that they are a run's.</summary>
    public bool IsForeign => !HasJournal && HasForeignEntries();

    /// <summary>How a run of <paramref name="job"/> finds the folder.</summary>
    public RunFolderState StateFor(Job job)
    {
        if (!HasJournal)
            return IsForeign ? RunFolderState.Foreign : RunFolderState.Fresh;
        // A job that is not known is left to the coordinator, which has its hash in the journal.
        if (!File.Exists(JobFile) || EffectiveJob.RecordedHash(File.ReadAllText(JobFile)) is not { } hash)
            return RunFolderState.Begun;
        if (hash != JobHash.Of(job))
            return RunFolderState.OtherJob;
        return HasModel ? RunFolderState.Finished : RunFolderState.Begun;
    }

    /// <summary>Deletes what a run wrote here, and nothing else.</summary>
    /// <exception cref="RunFolderException">There are files, and no journal that says whose they are.</exception>
    public void Clear()
    {
        if (IsForeign)
            throw new RunFolderException($"{Root}: it holds files that no run wrote, so it is not emptied; choose another folder with --output");
        foreach (var folder in Directory.GetDirectories(Root).Where(folder => IsFolderOfOurs(Path.GetFileName(folder))))
            Directory.Delete(folder, recursive: true);
        foreach (var name in Files.Where(name => name != RunLock.FileName))
            File.Delete(Path.Combine(Root, name));
    }

    /// <summary>Whether something here could be the user's own: any name of ours without a journal, too, if it is a model.</summary>
    private bool HasForeignEntries()
        => Directory.Exists(Root)
            && Directory.EnumerateFileSystemEntries(Root).Select(Path.GetFileName).Any(name => name == ModelName || !IsOurs(name!));

    private static bool IsOurs(string name) => Files.Contains(name) || IsFolderOfOurs(name);

    private static bool IsFolderOfOurs(string name) => Folders.Contains(name) || ModelAside().IsMatch(name);

    /// <summary>What a kill leaves of a model that was being written.</summary>
    [GeneratedRegex(@"^model\.[0-9]+\.(new|old)$", RegexOptions.ExplicitCapture)]
    private static partial Regex ModelAside();
}

/// <summary>What a run finds in its folder.</summary>
internal enum RunFolderState
{
    /// <summary>Nothing: it is new or empty.</summary>
    Fresh,

    /// <summary>Files that no run wrote.</summary>
    Foreign,

    /// <summary>A run of the same job that can go on.</summary>
    Begun,

    /// <summary>A complete run of the same job.</summary>
    Finished,

    /// <summary>A run of another job.</summary>
    OtherJob,
}
