using System.Collections.Immutable;
using System.Globalization;

namespace Distributed.Cli.Launching;

/// <summary>
/// Processes that share a command: the same program with the same arguments, each told its place and the folder in which they find each other. When
/// one fails the others are ended too, and one of them says why. None outlives this process: see <see cref="ChildProcess"/>.
/// </summary>
internal sealed class WorkerGroup(ChildCommand program, string verb, ImmutableArray<string> arguments, int count, TextWriter output, TextWriter error, TimeProvider time)
{
    /// <summary>For those that fail by themselves to say why, once one has failed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    /// <summary>Runs the command; the exit code.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public async Task<int> RunAsync(StopRequests stop)
    {
        var folder = Directory.CreateTempSubdirectory("distributed-peer-"); // private to this user
        var progress = new GroupProgressLine(Console.IsErrorRedirected ? null : error);
        var members = new List<GroupMember>();
        try
        {
            for (var rank = 0; rank < count; rank++)
                members.Add(new GroupMember(rank, Command(rank, folder), progress));
            return await WatchAsync(members, stop, progress);
        }
        finally
        {
            foreach (var member in members)
                await member.DisposeAsync();
            Delete(folder);
        }
    }

    private ChildCommand Command(int rank, DirectoryInfo folder) => program.With(
    [
        verb,
        "--rank", rank.ToString(CultureInfo.InvariantCulture),
        "--world-size", count.ToString(CultureInfo.InvariantCulture),
        "--peers", folder.FullName,
        "--lifeline",
        .. arguments,
    ]);

    private async Task<int> WatchAsync(List<GroupMember> members, StopRequests stop, GroupProgressLine progress)
    {
        var all = Task.WhenAll(members.Select(member => member.End));
        await Task.WhenAny(all, FirstFailureAsync(members), stop.Polite, stop.AtOnce);
        await Task.WhenAny(all, Task.Delay(Grace, time, CancellationToken.None), stop.Polite, stop.AtOnce);
        var isStopped = !all.IsCompletedSuccessfully && (stop.Polite.IsCompleted || stop.AtOnce.IsCompleted);
        // What they say from here on is that they were ended.
        var failed = members.Where(member => member.End is { IsCompleted: true, Result: not ExitCodes.Done }).ToImmutableArray();
        await EndAsync(members, all, stop.AtOnce);

        progress.End();
        if (isStopped)
            return ExitCodes.Interrupted;
        return failed.IsEmpty ? await SucceedAsync(members[0]) : await FailAsync(failed);
    }

    private static async Task FirstFailureAsync(List<GroupMember> members)
    {
        await foreach (var end in Task.WhenEach(members.Select(member => member.End)))
            if (await end != ExitCodes.Done)
                return;
    }

    private async Task EndAsync(List<GroupMember> members, Task all, Task atOnce)
    {
        foreach (var member in members)
            member.Terminate();
        await Task.WhenAny(all, Task.Delay(EndLimit, time, CancellationToken.None), atOnce);
        foreach (var member in members.Where(member => !member.End.IsCompleted))
            member.Kill();
        await all;
    }

    private async Task<int> SucceedAsync(GroupMember first)
    {
        foreach (var line in first.Errors)
            await error.WriteLineAsync(line);
        foreach (var line in first.Output)
            await output.WriteLineAsync(line);
        return ExitCodes.Done;
    }

    /// <summary>Of several that failed, one that was killed is the cause, then one that found its input bad; the rest lost them.</summary>
    private async Task<int> FailAsync(ImmutableArray<GroupMember> failed)
    {
        var cause = failed.MinBy(member => (Weight(member.End.Result), member.Rank))!;
        foreach (var line in cause.Errors)
            await error.WriteLineAsync(line);
        if (Weight(cause.End.Result) == 0 || !cause.Errors.Any())
            await error.WriteLineAsync($"error: worker {cause.Rank} {ExitCodes.Describe(cause.End.Result)}, so the command ended");
        return cause.End.Result == ExitCodes.Refused ? ExitCodes.Refused : ExitCodes.Failed;
    }

    private static int Weight(int exitCode) => exitCode switch
    {
        > 128 => 0,
        ExitCodes.Refused => 1,
        _ => 2,
    };

    private static void Delete(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // A worker that started meanwhile took it for abandoned, which it is.
        }
    }
}
