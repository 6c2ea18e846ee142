using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Normalizers;

/// <summary>Replaces or drops code points one by one.</summary>
/// <param name="map">What becomes of a code point; −1 drops it.</param>
internal sealed class MapNormalizer(Func<int, int> map) : INormalizer
{
    /// <summary>StripAccents: drops all marks. It does not decompose; NFD before it does.</summary>
    public static readonly MapNormalizer StripAccents = new(codePoint => (UnicodeTables.KindsOf(codePoint) & UnicodeKinds.Mark) != 0 ? -1 : codePoint);

    /// <summary>Nmt: drops control characters, makes spaces of some invisible ones.</summary>
    public static readonly MapNormalizer Nmt = new(codePoint => codePoint switch
    {
        (>= 1 and <= 8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or 0x8F or 0x9F => -1,
        9 or 0xA or 0xC or 0xD or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD => ' ',
        _ => codePoint,
    });

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        var text = buffer.Text;
        for (var i = 0; i < text.Length;)
        {
            var mapped = map(Utf8.Read(text, i, out var length));
            i += length;
            if (mapped >= 0)
                buffer.Next.Add(mapped);
        }

        buffer.Commit();
    }
}
