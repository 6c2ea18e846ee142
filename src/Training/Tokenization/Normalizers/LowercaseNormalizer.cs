using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Normalizers;

/// <summary>Lower case, character by character.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    private const int CapitalDottedI = 0x130;
    private const int CombiningDotAbove = 0x307;

    /// <summary>The only one.</summary>
    public static readonly LowercaseNormalizer Instance = new();

    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        var text = buffer.Text;
        for (var i = 0; i < text.Length;)
        {
            var codePoint = Utf8.Read(text, i, out var length);
            i += length;
            buffer.Next.Add(UnicodeTables.ToLower(codePoint));
            if (codePoint == CapitalDottedI)
                buffer.Next.Add(CombiningDotAbove);
        }

        buffer.Commit();
    }
}
