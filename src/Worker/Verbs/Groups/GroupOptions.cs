using System.CommandLine;

namespace Distributed.Worker.Verbs.Groups;

/// <summary>The options of a verb that several processes share. The user gives their number to the launcher; the launcher tells each process its place.</summary>
/// <param name="workers">What is said of their number.</param>
internal sealed class GroupOptions(string workers)
{
    private readonly Option<int?> _workers = VerbOptions.Positive("--workers", workers);
    private readonly Option<int?> _worldSize = new("--world-size") { Hidden = true };
    private readonly Option<int?> _rank = new("--rank") { Hidden = true };
    private readonly Option<string?> _peers = new("--peers") { Hidden = true };
    private readonly Option<bool> _lifeline = new("--lifeline") { Hidden = true };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_workers, _worldSize, _rank, _peers, _lifeline])
            command.Options.Add(option);
    }

    /// <summary>What cannot be done; null: nothing.</summary>
    public string? Conflict(ParseResult arguments)
    {
        var isMember = arguments.GetValue(_peers) is not null;
        var (rank, worldSize) = (arguments.GetValue(_rank), arguments.GetValue(_worldSize));
        if (isMember != rank is not null || isMember != worldSize is not null)
            return "--peers, --rank and --world-size go together";
        if (rank < 0 || rank >= worldSize)
            return "--rank must be at least 0 and less than --world-size";
        return !isMember && arguments.GetValue(_workers) > 1 ? "this program is one worker; `distributed` starts several" : null;
    }

    /// <summary>This process's place; alone where no launcher named one.</summary>
    public GroupPlace PlaceOf(ParseResult arguments) => arguments.GetValue(_peers) is { } peers
        ? new GroupPlace(arguments.GetValue(_rank)!.Value, arguments.GetValue(_worldSize)!.Value, new DirectoryInfo(peers), arguments.GetValue(_lifeline))
        : new GroupPlace(0, 1, null, arguments.GetValue(_lifeline));
}
