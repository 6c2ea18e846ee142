using System.Collections.Immutable;
using System.Text;
using Distributed.Training.Tokenization.Normalizers;
using Distributed.Training.Tokenization.Subwords;
using Distributed.Training.Tokenization.Text;

namespace Distributed.Training.Tokenization.Added;

/// <summary>The tokens added to a model's vocabulary: their ids, and where they are looked for. Immutable.</summary>
internal sealed class AddedVocabulary
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    /// <summary>Tokens with ids: the model's own, or the next free one, in the order given.</summary>
    public AddedVocabulary(ImmutableArray<AddedToken> tokens, ISubwordModel model, INormalizer? normalizer)
    {
        var next = model.Count;
        foreach (var token in tokens.Where(token => token.Content.Length > 0))
        {
            if (!_ids.ContainsKey(token.Content))
                _ids.Add(token.Content, model.Find(token.Content) ?? next++);
        }

        // Of several entries for one token the last one's flags count.
        var entries = tokens.Where(token => token.Content.Length > 0).Reverse().DistinctBy(token => token.Content).ToArray();
        Raw = Finder(entries.Where(token => !token.IsNormalized), token => token.Content);
        Normalized = Finder(entries.Where(token => token.IsNormalized), token => Normalize(token.Content, normalizer));
        Size = Math.Max(model.Size, _ids.Values.DefaultIfEmpty(-1).Max() + 1);
    }

    /// <summary>Ids run from 0 to below this, the model's included.</summary>
    public int Size { get; }

    /// <summary>Finds the tokens that are looked for in the text as it is; null if there are none.</summary>
    public AddedTokenFinder? Raw { get; }

    /// <summary>Finds those that are looked for in the normalised text.</summary>
    public AddedTokenFinder? Normalized { get; }

    /// <summary>The id of an added token, null if there is none.</summary>
    public int? Find(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    private static string Normalize(string text, INormalizer? normalizer)
    {
        var buffer = new TextBuffer();
        buffer.Set(Encoding.UTF8.GetBytes(text));
        normalizer?.Normalize(buffer);
        return Encoding.UTF8.GetString(buffer.Text);
    }

    private AddedTokenFinder? Finder(IEnumerable<AddedToken> tokens, Func<AddedToken, string> text)
    {
        var all = tokens.Select(token => (text(token), token, _ids[token.Content])).ToArray();
        return all.Length == 0 ? null : new AddedTokenFinder(all);
    }
}
