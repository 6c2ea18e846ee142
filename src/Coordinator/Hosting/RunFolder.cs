using System.Text.Json;
using Distributed.Coordinator.Journal;

namespace Distributed.Coordinator.Hosting;

/// <summary>The coordinator's files in the output folder of a job.</summary>
internal static class RunFolder
{
    private const string AddressFile = "coordinator.json";
    private const string CheckpointFolder = "checkpoints";

    /// <summary>Path of the journal.</summary>
    public static string Journal(string folder) => Path.Combine(folder, "journal.db");

    /// <summary>The folder of the checkpoints, absolute.</summary>
    public static string Checkpoints(string folder) => Path.GetFullPath(Path.Combine(folder, CheckpointFolder));

    /// <summary>Whether checkpoints lie here and no journal that says how they came about.</summary>
    public static bool HasStrayCheckpoints(string folder) =>
        !File.Exists(Journal(folder)) && Directory.Exists(Checkpoints(folder)) && Directory.EnumerateDirectories(Checkpoints(folder), "step-*").Any();

    /// <summary>Whether a whole model lies here: it is written aside and renamed, and `modules.json` is a part of it.</summary>
    public static bool HasModel(string folder) => File.Exists(Path.Combine(folder, "model", "modules.json"));

    /// <summary>Makes the folder where it is missing and takes its lock.</summary>
    /// <exception cref="JournalException">It cannot be made, or another coordinator holds it.</exception>
    public static RunLock Lock(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{folder}: {e.Message}", e);
        }

        return RunLock.Take(folder);
    }

    /// <summary>Deletes what an earlier run left for its own resumption: journal and checkpoints.
    /// A trained model stays until the next one replaces it.</summary>
    /// <exception cref="JournalException">Something cannot be deleted.</exception>
    public static void Clear(string folder)
    {
        try
        {
            // The journal goes last: while it is there, an interrupted clearing is still a run, though with fewer checkpoints.
            if (Directory.Exists(Checkpoints(folder)))
                Directory.Delete(Checkpoints(folder), recursive: true);
            foreach (var suffix in (ReadOnlySpan<string>)["-shm", "-wal", ""])
                File.Delete(Journal(folder) + suffix);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{folder}: {e.Message}", e);
        }
    }

    /// <summary>Says where the coordinator is reached: for workers and whoever looks at the run.
    /// Whole or not there; worthless after a crash, so not synced.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void WriteAddresses(string folder, CoordinatorAddresses addresses)
    {
        var aside = Path.Combine(folder, AddressFile + ".new");
        File.WriteAllBytes(aside, JsonSerializer.SerializeToUtf8Bytes(addresses, JsonSerializerOptions.Web));
        File.Move(aside, Path.Combine(folder, AddressFile), overwrite: true);
    }

    /// <summary>The coordinator is gone.</summary>
    public static void RemoveAddresses(string folder) => File.Delete(Path.Combine(folder, AddressFile));
}

/// <summary>Where a coordinator is reached.</summary>
/// <param name="Pid">Its process.</param>
/// <param name="Grpc">URL for workers.</param>
/// <param name="Status">URL of the status page.</param>
internal sealed record CoordinatorAddresses(int Pid, string Grpc, string Status);
