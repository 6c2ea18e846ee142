using Distributed.Training.Tokenization.Text;

namespace Distributed.Training.Tokenization.PreTokenizers;

/// <summary>SentencePiece's words: a visible character (▁) for every space, put before parts that do not start with it, and a cut before each.</summary>
/// <param name="replacement">The character, in UTF-8.</param>
/// <param name="scheme">Which parts get one in front.</param>
/// <param name="splits">Whether the text is cut.</param>
internal sealed class MetaspacePreTokenizer(byte[] replacement, PrependScheme scheme, bool splits) : IPreTokenizer
{
    /// <inheritdoc/>
    public void Split(PreTokens tokens)
    {
        foreach (var range in tokens.Ranges)
        {
            var start = tokens.NextText.Length;
            Write(tokens, range);
            if (splits)
                Cut(tokens, start);
            else
                tokens.Add(start, tokens.NextText.Length);
        }

        tokens.CommitText();
    }

    private void Write(PreTokens tokens, TextRange range)
    {
        var part = tokens.Slice(range);
        var prepends = scheme == PrependScheme.Always || (scheme == PrependScheme.First && range.Start == 0 && tokens.StartsAtOrigin);
        if (prepends && part[0] != ' ' && !part.StartsWith(replacement))
            tokens.NextText.Add(replacement);
        while (part.IndexOf((byte)' ') is >= 0 and var space)
        {
            tokens.NextText.Add(part[..space]);
            tokens.NextText.Add(replacement);
            part = part[(space + 1)..];
        }

        tokens.NextText.Add(part);
    }

    private void Cut(PreTokens tokens, int start)
    {
        var text = tokens.NextText.Span;
        while (start < text.Length)
        {
            var next = text[(start + 1)..].IndexOf(replacement);
            var end = next < 0 ? text.Length : start + 1 + next;
            tokens.Add(start, end);
            start = end;
        }
    }
}
