using Distributed.Training.Tokenization.Text;

namespace Distributed.Training.Tokenization.Normalizers;

/// <summary>Puts something in the place of every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(ITextPattern pattern, byte[] content) : INormalizer
{
    /// <inheritdoc/>
    public void Normalize(TextBuffer buffer)
    {
        var text = buffer.Text;
        var done = 0;
        while (pattern.TryFind(text, done, out var match))
        {
            buffer.Next.Add(text[done..match.Start]);
            buffer.Next.Add(content);
            done = match.End;
        }

        if (done == 0)
            return;
        buffer.Next.Add(text[done..]);
        buffer.Commit();
    }
}
