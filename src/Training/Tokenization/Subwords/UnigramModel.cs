using System.Buffers;
using System.Collections.Immutable;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Subwords;

/// <summary>
/// Cuts a word into the pieces whose scores have the highest sum (Kudo 2018, arXiv 1804.10959; the best path of Viterbi, in double). A character that no
/// piece covers costs 10 more than the worst piece; neighbouring ones are one unknown token. Immutable.
/// </summary>
internal sealed class UnigramModel : ISubwordModel
{
    private const double UnknownPenalty = 10;

    private readonly ImmutableArray<string> _pieces;
    private readonly double[] _scores;
    private readonly ByteTrie _trie;
    private readonly int _unknownId;
    private readonly double _unknownScore;
    private readonly int[]? _byteIds;

    /// <param name="pieces">Pieces and scores (logarithms of probabilities); their places are their ids, of equal ones the last counts.</param>
    /// <param name="unknownId">Id of what the pieces cannot spell.</param>
    /// <param name="fallsBackToBytes">Whether unknown characters become pieces named <c>&lt;0x41&gt;</c>, as far as there are such.</param>
    public UnigramModel(ImmutableArray<KeyValuePair<string, double>> pieces, int unknownId, bool fallsBackToBytes)
    {
        if (unknownId < 0 || unknownId >= pieces.Length)
            throw new ArgumentException($"unk_id is {unknownId}, there are {pieces.Length} pieces");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, piece) in pieces.Index())
            ids[piece.Key] = id;
        _pieces = [.. pieces.Select(piece => piece.Key)];
        _scores = [.. pieces.Select(piece => piece.Value)];
        _trie = new ByteTrie(ids);
        _unknownId = unknownId;
        _unknownScore = _scores.Min() - UnknownPenalty;
        if (fallsBackToBytes)
            _byteIds = ByteFallback.Ids(piece => ids.TryGetValue(piece, out var id) ? id : null);
    }

    /// <inheritdoc/>
    public int Count => _pieces.Length;

    /// <inheritdoc/>
    public int Size => _pieces.Length;

    /// <inheritdoc/>
    public int? Find(string piece) => _trie.Find(System.Text.Encoding.UTF8.GetBytes(piece)) is >= 0 and var id ? id : null;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> word, List<int> ids)
    {
        var steps = ArrayPool<Step>.Shared.Rent(word.Length + 1);
        try
        {
            var best = steps.AsSpan(0, word.Length + 1);
            FindBest(word, best);
            AddPieces(word, best, ids);
        }
        finally
        {
            ArrayPool<Step>.Shared.Return(steps);
        }
    }

    /// <summary>For every end the best last piece: of equal scores the one that starts first.</summary>
    private void FindBest(ReadOnlySpan<byte> word, Span<Step> best)
    {
        best.Fill(new Step(double.NegativeInfinity, -1, -1));
        best[0] = new Step(0, 0, -1);
        for (var start = 0; start < word.Length; start += Utf8.LengthOf(word[start]))
        {
            var score = best[start].Score;
            var first = Utf8.LengthOf(word[start]);
            var isCovered = false;
            var node = ByteTrie.Root;
            for (var end = start; end < word.Length && (node = _trie.Child(node, word[end])) >= 0;)
            {
                end++;
                if (_trie.ValueOf(node) is not (>= 0 and var id))
                    continue;
                Improve(ref best[end], score + _scores[id], start, id);
                isCovered |= end - start == first;
            }

            if (!isCovered)
                Improve(ref best[start + first], score + _unknownScore, start, _unknownId);
        }
    }

    private static void Improve(ref Step step, double score, int start, int id)
    {
        if (step.Start < 0 || score > step.Score)
            step = new Step(score, start, id);
    }

    // From the end to the start, then turned round.
    private void AddPieces(ReadOnlySpan<byte> word, ReadOnlySpan<Step> best, List<int> ids)
    {
        var first = ids.Count;
        for (var end = word.Length; end > 0;)
        {
            var start = best[end].Start;
            if (best[end].Id != _unknownId)
            {
                ids.Add(best[end].Id);
                end = start;
                continue;
            }

            while (start > 0 && best[start].Id == _unknownId)
                start = best[start].Start;
            AddUnknown(word[start..end], ids);
            end = start;
        }

        ids.Reverse(first, ids.Count - first);
    }

    private void AddUnknown(ReadOnlySpan<byte> text, List<int> ids)
    {
        if (_trie.Find(text) is >= 0 and var id)
        {
            ids.Add(id);
        }
        else if (_byteIds is { } bytes && ByteFallback.Covers(bytes, text))
        {
            for (var i = text.Length - 1; i >= 0; i--)
                ids.Add(bytes[text[i]]);
        }
        else
        {
            ids.Add(_unknownId);
        }
    }

    /// <param name="Score">Of the best path that ends here.</param>
    /// <param name="Start">Where its last piece starts, −1 if no path ends here.</param>
    /// <param name="Id">That piece.</param>
    private readonly record struct Step(double Score, int Start, int Id);
}
