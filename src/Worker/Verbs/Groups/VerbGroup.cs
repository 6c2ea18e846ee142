using System.Text;
using Distributed.Training.Collectives;
using Distributed.Worker.Collectives;
using Distributed.Worker.Hosting;

namespace Distributed.Worker.Verbs.Groups;

/// <summary>The processes that share a verb, as one of them sees them.</summary>
internal sealed class VerbGroup : IAsyncDisposable
{
    // The launcher watches over all of them and ends the command when one dies; a loaded machine may take its time.
    private static readonly TimeSpan JoinTimeout = TimeSpan.FromMinutes(5);

    private readonly Lifeline _lifeline;
    private readonly IAsyncDisposable _owner;

    private VerbGroup(Lifeline lifeline, ICollectives collectives, IAsyncDisposable owner) =>
        (_lifeline, Collectives, _owner) = (lifeline, collectives, owner);

    /// <summary>What they do together.</summary>
    public ICollectives Collectives { get; }

    /// <summary>Cancelled when this process shall end.</summary>
    public CancellationToken Ended => _lifeline.Ended;

    /// <summary>Takes this process's place; returns when all have.</summary>
    public static async Task<VerbGroup> JoinAsync(GroupPlace place, TimeProvider time)
    {
        var lifeline = Lifeline.Attach(place.HasLifeline);
        try
        {
            if (place.WorldSize == 1)
            {
                var alone = SingleProcess.Collectives();
                return new VerbGroup(lifeline, alone, alone);
            }

            var mesh = await LocalMesh.JoinAsync(place.Peers!, place.Rank, place.WorldSize, JoinTimeout, time, lifeline.Ended);
            return new VerbGroup(lifeline, mesh.Collectives, mesh);
        }
        catch
        {
            lifeline.Dispose();
            throw;
        }
    }

    /// <summary>Rank 0's text, on every rank.</summary>
    public async Task<string> BroadcastAsync(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var whole = new byte[await BroadcastAsync(bytes.Length)];
        if (Collectives.Rank == 0)
            bytes.CopyTo(whole, 0);
        await Collectives.BroadcastAsync(whole, source: 0, Ended);
        return Encoding.UTF8.GetString(whole);
    }

    /// <summary>Rank 0's number, on every rank.</summary>
    public async Task<long> BroadcastAsync(long number)
    {
        var bytes = BitConverter.GetBytes(number);
        await Collectives.BroadcastAsync(bytes, source: 0, Ended);
        return BitConverter.ToInt64(bytes);
    }

    /// <summary>
    /// Ends in peace, after the last operation that counts: waits until no other process needs this one's connections for it. Who has passed this barrier
    /// closes its own, and may so end the wait of those still in it; but to pass it, all must have begun it, and so have completed what came before.
    /// </summary>
    public async Task LeaveAsync()
    {
        try
        {
            await Collectives.BarrierAsync(Ended);
        }
        catch (CollectiveAbortedException)
        {
            // Another has left already.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        _lifeline.Dispose();
    }
}
