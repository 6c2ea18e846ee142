using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Distributed.Training.Inference;

/// <summary>
/// In which order texts are encoded: each distinct text once, by length, cut into blocks of a fixed number of texts. A pure function of the
/// texts; ranks share whole blocks, so what goes through the encoder together never depends on their number.
/// </summary>
internal sealed class EncodingPlan
{
    /// <summary>Texts of a block: a few micro-batches, and enough blocks to share evenly.</summary>
    public const int BlockTexts = 256;

    // What a text costs besides its characters, in characters.
    private const int CostPerText = 16;

    private readonly int[] _rows;   // by text of the input: its position in Texts
    private readonly long[] _costs; // by block, summed from the first to it

    /// <param name="texts">Any texts.</param>
    /// <param name="longestText">Characters after which a text costs no more, because it is cut.</param>
    public EncodingPlan(IReadOnlyList<string> texts, int longestText)
    {
        var firstSeen = new Dictionary<string, int>(texts.Count, StringComparer.Ordinal);
        var distinctOf = new int[texts.Count];
        for (var i = 0; i < texts.Count; i++)
        {
            ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(firstSeen, texts[i], out var seen);
            distinctOf[i] = index = seen ? index : firstSeen.Count - 1;
        }

        // OrderBy is stable and a dictionary without removals lists its keys as they came: equal lengths stay in order of first occurrence.
        var sorted = firstSeen.OrderBy(pair => pair.Key.Length).ToImmutableArray();
        Texts = [.. sorted.Select(pair => pair.Key)];
        var rowOf = new int[sorted.Length];
        for (var row = 0; row < sorted.Length; row++)
            rowOf[sorted[row].Value] = row;
        _rows = Array.ConvertAll(distinctOf, distinct => rowOf[distinct]);
        _costs = SumCosts(longestText);
    }

    /// <summary>The distinct texts, in the order in which they are encoded.</summary>
    public ImmutableArray<string> Texts { get; }

    /// <summary>Number of blocks.</summary>
    public int BlockCount => _costs.Length;

    /// <summary>First text of a block; for <see cref="BlockCount"/> the number of texts.</summary>
    public int BlockStart(int block) => Math.Min(block * BlockTexts, Texts.Length);

    /// <summary>First block of each rank, and the number of blocks: runs of about equal cost.</summary>
    public ImmutableArray<int> Deal(int worldSize)
    {
        var bounds = ImmutableArray.CreateBuilder<int>(worldSize + 1);
        bounds.Add(0);
        for (var rank = 1; rank < worldSize; rank++)
        {
            var share = BlockCount == 0 ? 0 : _costs[^1] * rank / worldSize;
            bounds.Add(_costs.Count(cost => cost <= share));
        }

        bounds.Add(BlockCount);
        return bounds.MoveToImmutable();
    }

    /// <summary>Rows in the order of the input texts, from rows in the order of <see cref="Texts"/>.</summary>
    public EmbeddingMatrix Restore(ReadOnlySpan<float> encoded, int dim)
    {
        var values = new float[_rows.Length * dim];
        for (var i = 0; i < _rows.Length; i++)
            encoded.Slice(_rows[i] * dim, dim).CopyTo(values.AsSpan(i * dim));
        return new EmbeddingMatrix(values, dim);
    }

    private long[] SumCosts(int longestText)
    {
        var sums = new long[(Texts.Length + BlockTexts - 1) / BlockTexts];
        var sum = 0L;
        for (var i = 0; i < Texts.Length; i++)
            sums[i / BlockTexts] = sum += CostPerText + Math.Min(Texts[i].Length, longestText);
        return sums;
    }
}
