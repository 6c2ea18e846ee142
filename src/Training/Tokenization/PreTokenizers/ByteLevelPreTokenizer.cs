using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.PreTokenizers;

/// <summary>GPT-2's words, written in its alphabet of bytes.</summary>
/// <param name="addsPrefixSpace">Whether a part that starts with no space gets one.</param>
/// <param name="splits">Whether parts are cut by GPT-2's pattern.</param>
internal sealed class ByteLevelPreTokenizer(bool addsPrefixSpace, bool splits) : IPreTokenizer
{
    /// <inheritdoc/>
    public void Split(PreTokens tokens)
    {
        if (addsPrefixSpace)
            AddPrefixSpaces(tokens);
        var text = tokens.Text;
        foreach (var range in tokens.Ranges)
        {
            for (var i = range.Start; i < range.End;)
            {
                var end = splits ? Gpt2Pattern.End(text[..range.End], i) : range.End;
                var start = tokens.NextText.Length;
                ByteAlphabet.Write(text[i..end], tokens.NextText);
                tokens.Add(start, tokens.NextText.Length);
                i = end;
            }
        }

        tokens.CommitText();
    }

    private static void AddPrefixSpaces(PreTokens tokens)
    {
        foreach (var range in tokens.Ranges)
        {
            var part = tokens.Slice(range);
            var start = tokens.NextText.Length;
            if (part[0] != ' ')
                tokens.NextText.Add((byte)' ');
            tokens.NextText.Add(part);
            tokens.Add(start, tokens.NextText.Length);
        }

        tokens.CommitText();
    }
}
