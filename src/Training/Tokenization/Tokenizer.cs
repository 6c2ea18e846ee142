using System.Runtime.InteropServices;
using Distributed.Training.Tokenization.Added;
using Distributed.Training.Tokenization.Text;

namespace Distributed.Training.Tokenization;

/// <summary>
/// A tokenizer of the Hugging Face tokenizers library: added tokens are taken out of the text, the rest is normalised, cut into words and these into
/// pieces; special tokens are put around. Thread-safe.
/// </summary>
internal sealed class Tokenizer : ITokenizer
{
    private readonly TokenizerParts _parts;
    private readonly AddedVocabulary _added;
    private readonly SpecialTokenFrame _frame;

    /// <param name="parts">The parts.</param>
    /// <param name="frame">Gives the special tokens, when it is told how to find the id of a token.</param>
    public Tokenizer(TokenizerParts parts, Func<Func<string, int?>, SpecialTokenFrame> frame)
    {
        _parts = parts;
        _added = new AddedVocabulary(parts.AddedTokens, parts.Model, parts.Normalizer);
        _frame = frame(Find);
    }

    /// <inheritdoc/>
    public int Size => _added.Size;

    /// <inheritdoc/>
    public int SpecialTokens => _frame.Count;

    /// <summary>The id of a token, null if there is none.</summary>
    public int? Find(string token) => _added.Find(token) ?? _parts.Model.Find(token);

    /// <inheritdoc/>
    public int[] Encode(ReadOnlySpan<char> text, int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, SpecialTokens);
        var most = maxTokens - SpecialTokens;
        var memory = EncodingMemory.Rent();
        try
        {
            memory.Raw.Set(text);
            AddText(memory, enough: _parts.KeepsEnd ? int.MaxValue : most);
            var ids = CollectionsMarshal.AsSpan(memory.Ids);
            return _frame.Around(ids.Length <= most ? ids : _parts.KeepsEnd ? ids[^most..] : ids[..most]);
        }
        finally
        {
            memory.Return();
        }
    }

    private void AddText(EncodingMemory memory, int enough)
    {
        var text = memory.Raw.Span;
        for (var (place, done, id) = (0, 0, 0); id >= 0 && memory.Ids.Count < enough;)
        {
            (var before, id) = Next(_added.Raw, text, ref place, ref done);
            if (before.Length > 0)
                AddNormalized(memory, before, enough);
            if (id >= 0)
                memory.Ids.Add(id);
        }
    }

    private void AddNormalized(EncodingMemory memory, TextRange range, int enough)
    {
        memory.Normalized.Set(memory.Raw.Span.Slice(range.Start, range.Length));
        _parts.Normalizer?.Normalize(memory.Normalized);
        var text = memory.Normalized.Text;
        for (var (place, done, id) = (0, 0, 0); id >= 0 && memory.Ids.Count < enough;)
        {
            (var before, id) = Next(_added.Normalized, text, ref place, ref done);
            if (before.Length > 0)
                AddWords(memory, text.Slice(before.Start, before.Length), range.Start == 0 && before.Start == 0, enough);
            if (id >= 0)
                memory.Ids.Add(id);
        }
    }

    private void AddWords(EncodingMemory memory, ReadOnlySpan<byte> text, bool startsAtOrigin, int enough)
    {
        memory.Words.Set(text, startsAtOrigin);
        _parts.PreTokenizer?.Split(memory.Words);
        foreach (var word in memory.Words.Ranges)
        {
            _parts.Model.Encode(memory.Words.Slice(word), memory.Ids);
            if (memory.Ids.Count >= enough)
                break;
        }
    }

    private static (TextRange Before, int Id) Next(AddedTokenFinder? finder, ReadOnlySpan<byte> text, ref int place, ref int done)
    {
        if (finder is null)
        {
            done = text.Length;
            return (new TextRange(0, text.Length), -1);
        }

        finder.Next(text, ref place, ref done, out var before, out var id);
        return (before, id);
    }
}
