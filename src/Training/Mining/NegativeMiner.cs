using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Distributed.Training.Collectives;
using Distributed.Training.Evaluation;
using Distributed.Training.Inference;

namespace Distributed.Training.Mining;

/// <summary>
/// Finds texts that a model takes for a query's answer though they are not. Ranks share the encoding and then the queries; the candidates pass by in
/// windows, so that neither their embeddings nor a matrix of all similarities is ever held. A similarity depends on its two embeddings alone
/// (<see cref="PanelProduct"/>), equal ones are ranked in candidate order, and a query has random numbers of its own: neither the number of ranks nor
/// the size of a window changes what is found.
/// </summary>
/// <param name="embedQueries">The model, for anchors.</param>
/// <param name="embedCandidates">The model, for all other texts.</param>
/// <param name="collectives">The generation; loopback for one process.</param>
/// <param name="options">Which candidates are taken; the same on every rank.</param>
public sealed class NegativeMiner(TextEmbedding embedQueries, TextEmbedding embedCandidates, ICollectives collectives, MiningOptions options)
{
    /// <summary>Texts whose embeddings are held at a time. Default <see cref="TextEncoder.WindowTexts"/>.</summary>
    public int WindowTexts { get; init; } = TextEncoder.WindowTexts;

    /// <summary>Told the number of query–candidate pairs that this rank has compared since the last time; null: nobody asks.</summary>
    public IProgress<long>? Compared { get; init; }

    /// <summary>Mines all queries of a set, on every rank alike.</summary>
    /// <exception cref="EmbeddingNotFiniteException">An embedding is not finite; thrown on every rank alike.</exception>
    public async ValueTask<MinedNegatives> MineAsync(MiningSet set, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(set);
        var bounds = Share(set.Queries.Length);
        var groups = await EncodeQueriesAsync(set, bounds[collectives.Rank], bounds[collectives.Rank + 1], cancellationToken);
        for (var start = 0; start < set.Candidates.Length; start += WindowTexts)
        {
            var window = await EmbedAsync(embedCandidates, Window(set.Candidates, start), cancellationToken);
            foreach (var group in groups)
                group.Scan(window, start, Compared, cancellationToken);
        }

        return await GatherAsync(set, groups, bounds, cancellationToken);
    }

    private ImmutableArray<int> Share(int queries) =>
        [.. Enumerable.Range(0, collectives.WorldSize + 1).Select(rank => (int)((long)queries * rank / collectives.WorldSize))];

    private ImmutableArray<string> Window(ImmutableArray<string> texts, int start) => texts.Slice(start, Math.Min(WindowTexts, texts.Length - start));

    /// <summary>Every rank encodes its part of each window and keeps the rows of its own queries, [first, end).</summary>
    private async ValueTask<List<QueryGroup>> EncodeQueriesAsync(MiningSet set, int first, int end, CancellationToken cancellationToken)
    {
        var groups = new List<QueryGroup>();
        for (var start = 0; start < set.Queries.Length; start += WindowTexts)
        {
            var window = await EmbedAsync(embedQueries, Window(set.Queries, start), cancellationToken);
            var (from, to) = (Math.Max(first, start), Math.Min(end, start + window.Count));
            if (from < to)
                groups.Add(new QueryGroup(set, options, window, from - start, to - from, from));
        }

        return groups;
    }

    private static async ValueTask<EmbeddingMatrix> EmbedAsync(TextEmbedding embed, ImmutableArray<string> texts, CancellationToken cancellationToken)
    {
        var embeddings = await embed(texts, cancellationToken);
        embeddings.RequireFinite(texts);
        return embeddings;
    }

    private async ValueTask<MinedNegatives> GatherAsync(MiningSet set, List<QueryGroup> groups, ImmutableArray<int> bounds, CancellationToken cancellationToken)
    {
        long rowBytes = options.Negatives * Unsafe.SizeOf<MinedNegative>();
        var negatives = new byte[checked((int)(set.Queries.Length * rowBytes))];
        var positives = new byte[set.PositiveStart(set.Queries.Length) * sizeof(float)];
        var tallies = new byte[collectives.WorldSize * Unsafe.SizeOf<SelectionTally>()];
        MemoryMarshal.Cast<byte, SelectionTally>(tallies.AsSpan())[collectives.Rank] = Fill(set, groups, negatives, positives);

        await collectives.AllGatherAsync(negatives, bounds.Select(query => query * rowBytes).ToArray(), cancellationToken);
        await collectives.AllGatherAsync(positives, bounds.Select(query => (long)set.PositiveStart(query) * sizeof(float)).ToArray(), cancellationToken);
        await collectives.AllGatherAsync(tallies, bounds.Select((_, rank) => (long)rank * Unsafe.SizeOf<SelectionTally>()).ToArray(), cancellationToken);
        return new MinedNegatives(set, options.Negatives, negatives, positives, Sum(tallies));
    }

    private SelectionTally Fill(MiningSet set, List<QueryGroup> groups, Span<byte> negatives, Span<byte> positives)
    {
        var places = MemoryMarshal.Cast<byte, MinedNegative>(negatives);
        var scores = MemoryMarshal.Cast<byte, float>(positives);
        var tally = default(SelectionTally);
        foreach (var group in groups)
        {
            group.PositiveScores.CopyTo(scores[set.PositiveStart(group.First)..]);
            for (var query = 0; query < group.Count; query++)
                group.Choose(query, places.Slice((group.First + query) * options.Negatives, options.Negatives), ref tally);
        }

        return tally;
    }

    private static SelectionTally Sum(byte[] tallies)
    {
        var sum = default(SelectionTally);
        foreach (var tally in MemoryMarshal.Cast<byte, SelectionTally>(tallies.AsSpan()))
            sum += tally;
        return sum;
    }
}
