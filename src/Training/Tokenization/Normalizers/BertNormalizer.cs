using System.Text;
using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Normalizers;

/// <summary>
/// BERT's normalisation: clean, set ideographs apart, strip accents, lower-case, in this order.
/// The same as BertNormalizer of the Hugging Face tokenizers library.
/// </summary>
/// <param name="cleansText">Whether control characters are dropped and all white space counts as a space.</param>
/// <param name="splitsIdeographs">Whether each ideograph is a word of its own.</param>
/// <param name="stripsAccents">Whether marks are dropped, after canonical decomposition.</param>
/// <param name="lowerCases">Whether letters are lower-cased.</param>
internal sealed class BertNormalizer(bool cleansText, bool splitsIdeographs, bool stripsAccents, bool lowerCases) : INormalizer
{
    // 0 for what is dropped: cleaning drops U+0000 too.
    private readonly byte[] _ascii = [.. Enumerable.Range(0, 128).Select(character => MapAscii(character, cleansText, lowerCases))];

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        if (Ascii.IsValid(buffer.Text) && (cleansText || !buffer.Text.Contains((byte)0)))
        {
            NormalizeAscii(buffer);
            return;
        }

        Clean(buffer);
        if (stripsAccents)
        {
            UnicodeForm.Decomposed.Apply(buffer.CodePoints, buffer.SpareCodePoints);
            buffer.CodePoints.RemoveAll(codePoint => BertCharacters.KindsOf(codePoint).HasFlag(CharacterKinds.Mark));
        }

        buffer.Encode();
        if (lowerCases)
            LowercaseNormalizer.Instance.Normalize(buffer);
    }

    private static byte MapAscii(int character, bool cleansText, bool lowerCases)
    {
        var kinds = BertCharacters.KindsOf(character);
        if (cleansText && (kinds & CharacterKinds.Removed) != 0)
            return 0;
        if (cleansText && (kinds & CharacterKinds.Space) != 0)
            return (byte)' ';
        return (byte)(lowerCases ? UnicodeTables.ToLower(character) : character);
    }

    private void NormalizeAscii(TextBuffer buffer)
    {
        var text = buffer.Text;
        var destination = buffer.Next.Reserve(text.Length);
        var count = 0;
        foreach (var unit in text)
        {
            var mapped = _ascii[unit];
            destination[count] = mapped;
            count += mapped == 0 ? 0 : 1;
        }

        buffer.Next.Advance(count);
        buffer.Commit();
    }

    private void Clean(TextBuffer buffer)
    {
        buffer.CodePoints.Clear();
        var text = buffer.Text;
        for (var i = 0; i < text.Length;)
        {
            var codePoint = Utf8.Read(text, i, out var length);
            i += length;
            var kinds = BertCharacters.KindsOf(codePoint);
            if (cleansText && (kinds & CharacterKinds.Removed) != 0)
                continue;
            if (splitsIdeographs && (kinds & CharacterKinds.Ideograph) != 0)
                buffer.CodePoints.AddRange([' ', codePoint, ' ']);
            else
                buffer.CodePoints.Add(cleansText && (kinds & CharacterKinds.Space) != 0 ? ' ' : codePoint);
        }
    }
}
