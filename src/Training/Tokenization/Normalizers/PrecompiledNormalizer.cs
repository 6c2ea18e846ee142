using System.Buffers;
using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Normalizers;

/// <summary>
/// SentencePiece's character map as the tokenizers library applies it: by grapheme cluster. The shortest prefix of a short cluster that the map knows
/// replaces the whole cluster; in longer clusters, and where nothing is found, every character is looked up by itself.
/// </summary>
internal sealed class PrecompiledNormalizer : INormalizer
{
    private const int LongCluster = 6; // bytes

    private readonly CharacterMap _map;
    private readonly SearchValues<byte> _notPlain;

    public PrecompiledNormalizer(CharacterMap map)
    {
        _map = map;
        _notPlain = SearchValues.Create([.. Enumerable.Range(0, 256).Select(value => (byte)value).Where(value => value >= 0x80 || map.TryFind([value], out _))]);
    }

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        var text = buffer.Text;
        for (var i = 0; i < text.Length;)
        {
            var plain = PlainLength(text[i..]);
            buffer.Next.Add(text.Slice(i, plain));
            i += plain;
            if (i == text.Length)
                break;
            var end = GraphemeClusters.End(text, i);
            Add(text[i..end], buffer.Next);
            i = end;
        }

        buffer.Commit();
    }

    // ASCII that the map leaves alone. The last one may be the start of a cluster.
    private int PlainLength(ReadOnlySpan<byte> text)
    {
        var length = text.IndexOfAny(_notPlain);
        return length < 0 ? text.Length : Math.Max(length - 1, 0);
    }

    private void Add(ReadOnlySpan<byte> cluster, ByteBuffer destination)
    {
        if (cluster.Length < LongCluster && _map.TryFind(cluster, out var whole))
        {
            destination.Add(whole);
            return;
        }

        for (var i = 0; i < cluster.Length;)
        {
            var part = cluster.Slice(i, Utf8.LengthOf(cluster[i]));
            destination.Add(_map.TryFind(part, out var replacement) ? replacement : part);
            i += part.Length;
        }
    }
}
