using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.PreTokenizers;

/// <summary>White space separates words and is dropped (WhitespaceSplit).</summary>
internal sealed class WhitespacePreTokenizer : IPreTokenizer
{
    /// <inheritdoc/>
    public void Split(PreTokens tokens)
    {
        var text = tokens.Text;
        foreach (var range in tokens.Ranges)
        {
            var start = range.Start;
            for (var i = range.Start; i < range.End;)
            {
                var isWhite = UnicodeTables.IsWhite(Utf8.Read(text, i, out var length));
                if (isWhite)
                    tokens.Add(start, i);
                i += length;
                if (isWhite)
                    start = i;
            }

            tokens.Add(start, range.End);
        }

        tokens.Commit();
    }
}
