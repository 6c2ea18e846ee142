using System.Buffers;
using System.Text;
using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Normalizers;

/// <summary>NFC, NFD, NFKC or NFKD.</summary>
internal sealed class FormNormalizer(UnicodeForm form) : INormalizer
{
    // Below U+0300 nothing composes, so UTF-8 that starts no character from there on is NFC. Above, or in another form, only ASCII is safe.
    private static readonly SearchValues<byte> From300 = SearchValues.Create([.. Enumerable.Range(0xCC, 0x100 - 0xCC).Select(unit => (byte)unit)]);

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        if (form is { Composes: true, Compatibility: false } ? !buffer.Text.ContainsAny(From300) : Ascii.IsValid(buffer.Text))
            return;
        buffer.Decode();
        form.Apply(buffer.CodePoints, buffer.SpareCodePoints);
        buffer.Encode();
    }
}
