using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.PreTokenizers;

/// <summary>BERT's words: white space separates and is dropped, every punctuation mark is a word of its own.</summary>
internal sealed class BertPreTokenizer : IPreTokenizer
{
    private const CharacterKinds Separators = CharacterKinds.White | CharacterKinds.Punctuation;
    private static readonly CharacterKinds[] AsciiKinds = [.. Enumerable.Range(0, 128).Select(BertCharacters.KindsOf)];

    /// <inheritdoc/>
    public void Split(PreTokens tokens)
    {
        var text = tokens.Text;
        foreach (var range in tokens.Ranges)
        {
            var (start, i) = (range.Start, range.Start);
            while (i < range.End)
            {
                var length = 1;
                var kinds = text[i] < 0x80 ? AsciiKinds[text[i]] : BertCharacters.KindsOf(Utf8.Read(text, i, out length));
                if ((kinds & Separators) != 0)
                {
                    tokens.Add(start, i);
                    if ((kinds & CharacterKinds.White) == 0)
                        tokens.Add(i, i + length);
                    start = i + length;
                }

                i += length;
            }

            tokens.Add(start, range.End);
        }

        tokens.Commit();
    }
}
