using Distributed.Worker.Verbs.Groups;

namespace Distributed.Worker.Verbs.Encode;

/// <summary>How far texts are encoded: a line of this process's own, or what it tells the launcher of its part.</summary>
internal sealed class EncodeProgress : IProgress<int>, IDisposable
{
    private readonly IProgress<int> _report;
    private readonly bool _countsAgain; // texts that stand twice in a window are encoded once

    private EncodeProgress(IProgress<int> report, bool countsAgain) => (_report, _countsAgain) = (report, countsAgain);

    /// <summary>Begins to count. For a launcher all texts are counted first, on rank 0; that finds mistakes in them early.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="texts">The texts, of a file that can be read again.</param>
    /// <param name="place">This process's place.</param>
    /// <param name="group">The processes.</param>
    /// <param name="error">Where it is told.</param>
    /// <param name="time">The clock.</param>
    public static async Task<EncodeProgress> CreateAsync(
        string name, Func<IEnumerable<string>> texts, GroupPlace place, VerbGroup group, TextWriter error, TimeProvider time)
    {
        if (place.Peers is null)
            return new EncodeProgress(new TextProgress(name, time), countsAgain: false);
        var isFirst = group.Collectives.Rank == 0;
        var total = await group.BroadcastAsync(isFirst ? texts().LongCount() : 0);
        return new EncodeProgress(new GroupProgress(name, total, error, time), isFirst);
    }

    /// <inheritdoc/>
    public void Report(int value) => _report.Report(value);

    /// <summary>Counts the texts of a window that stood in it before.</summary>
    public void EndWindow(string[] texts)
    {
        if (_countsAgain)
            Report(texts.Length - texts.Distinct(StringComparer.Ordinal).Count());
    }

    /// <inheritdoc/>
    public void Dispose() => (_report as IDisposable)?.Dispose();
}
