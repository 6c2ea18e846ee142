using Distributed.Jobs.Losses;
using Distributed.Training.Inference;

namespace Distributed.Training.Evaluation;

/// <summary>
/// A few hundred corpus entries, as a similarity compares them, laid out for <see cref="PanelProduct"/>: panels of <see cref="Width"/> entries, component by
/// component, so that one vector register holds the same component of neighbouring entries. Places after the last entry hold zeros.
/// </summary>
internal sealed class EntryPanels(int dim, int entries, Similarity similarity)
{
    /// <summary>Entries of a panel: two vectors of eight.</summary>
    public const int Width = 16;

    private readonly float[] _packed = new float[(entries + Width - 1) / Width * Width * dim];
    private readonly float[] _vector = new float[dim];

    /// <summary>Entries that are packed now.</summary>
    public int Count { get; private set; }

    /// <summary>Panels that hold them.</summary>
    public int PanelCount => (Count + Width - 1) / Width;

    /// <summary>As many entries as stay in the second-level cache (a quarter of a megabyte), whole panels.</summary>
    public static int CachedEntries(int dim) => Math.Max(1, (256 << 10) / (sizeof(float) * Width * dim)) * Width;

    /// <summary>One panel, [dim, <see cref="Width"/>].</summary>
    public ReadOnlySpan<float> Panel(int index) => _packed.AsSpan(index * Width * dim, Width * dim);

    /// <summary>Packs the entries [<paramref name="start"/>, <paramref name="start"/> + <paramref name="count"/>) in place of those before.</summary>
    public void Pack(EmbeddingMatrix corpus, int start, int count)
    {
        Count = count;
        _packed.AsSpan(0, PanelCount * Width * dim).Clear();
        for (var entry = 0; entry < count; entry++)
        {
            ComparedVector.Prepare(similarity, corpus.Row(start + entry), _vector);
            var place = entry / Width * Width * dim + entry % Width;
            for (var component = 0; component < dim; component++)
                _packed[place + component * Width] = _vector[component];
        }
    }
}
