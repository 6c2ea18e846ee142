using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Distributed.Jobs.Losses;
using Distributed.Training.Inference;

namespace Distributed.Training.Evaluation;

/// <summary>
/// The corpus entries most similar to each query: highest first, of equal ones the earlier in the corpus. The corpus is scanned in pieces of any
/// size, in its order; only the best few entries of each query are held. One thread.
/// </summary>
internal sealed class NearestEntries
{
    private readonly int _depth;
    private readonly int _dim;
    private readonly int _queries;
    private readonly float[] _blocks;  // [blocks, PanelProduct.Queries, dim], as the similarity compares them; the last block is filled up with zeros
    private readonly float[] _scores;  // [queries, depth], descending; −∞ where fewer entries were seen
    private readonly int[] _entries;   // [queries, depth], corpus positions; −1 where fewer were seen
    private readonly EntryPanels _panels;
    private readonly EntryExclusion? _isExcluded;
    private int _scanned;

    /// <param name="queries">Embeddings of all queries.</param>
    /// <param name="start">First query to search for.</param>
    /// <param name="count">Number of queries to search for.</param>
    /// <param name="depth">Entries to keep of each query.</param>
    /// <param name="similarity">What "similar" means.</param>
    /// <param name="isExcluded">Entries that do not count for a query; null: all count.</param>
    public NearestEntries(EmbeddingMatrix queries, int start, int count, int depth, Similarity similarity, EntryExclusion? isExcluded = null)
    {
        (_depth, _dim, _queries, _isExcluded) = (depth, queries.Dim, count, isExcluded);
        var blocks = (count + PanelProduct.Queries - 1) / PanelProduct.Queries;
        _blocks = new float[blocks * PanelProduct.Queries * _dim];
        for (var query = 0; query < count; query++)
            ComparedVector.Prepare(similarity, queries.Row(start + query), _blocks.AsSpan(query * _dim, _dim));

        _scores = new float[count * depth];
        _entries = new int[count * depth];
        _scores.AsSpan().Fill(float.NegativeInfinity);
        _entries.AsSpan().Fill(-1);
        _panels = new EntryPanels(_dim, EntryPanels.CachedEntries(_dim), similarity);
    }

    /// <summary>The best entries of a query so far, by corpus position; −1 after the last where the corpus has fewer.</summary>
    public ReadOnlySpan<int> Of(int query) => _entries.AsSpan(query * _depth, _depth);

    /// <summary>Their similarities; −∞ after the last where the corpus has fewer.</summary>
    public ReadOnlySpan<float> ScoresOf(int query) => _scores.AsSpan(query * _depth, _depth);

    /// <summary>A query as the similarity compares it, [dim].</summary>
    public ReadOnlySpan<float> Query(int query) => _blocks.AsSpan(query * _dim, _dim);

    /// <summary>Takes the next entries of the corpus into account.</summary>
    /// <param name="corpus">Their embeddings.</param>
    /// <param name="compared">Told the number of pairs compared since the last time.</param>
    /// <param name="cancellationToken">Looked at every few hundred entries.</param>
    public void Scan(EmbeddingMatrix corpus, IProgress<long>? compared, CancellationToken cancellationToken)
    {
        var piece = EntryPanels.CachedEntries(_dim);
        for (var start = 0; start < corpus.Count; start += piece)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _panels.Pack(corpus, start, Math.Min(piece, corpus.Count - start));
            for (var query = 0; query < _queries; query += PanelProduct.Queries)
                ScanBlock(query);
            _scanned += _panels.Count;
            compared?.Report((long)_panels.Count * _queries);
        }
    }

    private void ScanBlock(int firstQuery)
    {
        var block = _blocks.AsSpan(firstQuery * _dim, PanelProduct.Queries * _dim);
        var queries = Math.Min(PanelProduct.Queries, _queries - firstQuery);
        Span<float> scores = stackalloc float[PanelProduct.Queries * EntryPanels.Width];
        for (var panel = 0; panel < _panels.PanelCount; panel++)
        {
            PanelProduct.Multiply(block, _panels.Panel(panel), scores);
            var width = Math.Min(EntryPanels.Width, _panels.Count - panel * EntryPanels.Width);
            for (var query = 0; query < queries; query++)
                Offer(firstQuery + query, scores.Slice(query * EntryPanels.Width, EntryPanels.Width), width, _scanned + panel * EntryPanels.Width);
        }
    }

    private void Offer(int query, ReadOnlySpan<float> scores, int width, int firstEntry)
    {
        var last = query * _depth + _depth - 1;
        var threshold = Vector256.Create(_scores[last]);
        ref var first = ref MemoryMarshal.GetReference(scores);
        var left = Vector256.LoadUnsafe(ref first);
        var right = Vector256.LoadUnsafe(ref first, (nuint)Vector256<float>.Count);
        if (!Vector256.GreaterThanAny(left, threshold) && !Vector256.GreaterThanAny(right, threshold))
            return;

        for (var i = 0; i < width; i++)
            if (scores[i] > _scores[last] && _isExcluded?.Invoke(query, firstEntry + i) is not true)
                Insert(query, scores[i], firstEntry + i);
    }

    // Behind all that are at least as similar: they come earlier in the corpus.
    private void Insert(int query, float score, int entry)
    {
        var scores = _scores.AsSpan(query * _depth, _depth);
        var entries = _entries.AsSpan(query * _depth, _depth);
        var place = _depth - 1;
        for (; place > 0 && scores[place - 1] < score; place--)
            (scores[place], entries[place]) = (scores[place - 1], entries[place - 1]);
        (scores[place], entries[place]) = (score, entry);
    }
}
