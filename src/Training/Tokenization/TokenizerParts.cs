using System.Collections.Immutable;
using Distributed.Training.Tokenization.Added;
using Distributed.Training.Tokenization.Normalizers;
using Distributed.Training.Tokenization.PreTokenizers;
using Distributed.Training.Tokenization.Subwords;

namespace Distributed.Training.Tokenization;

/// <summary>What a tokenizer is made of, in the order in which a text meets it.</summary>
internal sealed record TokenizerParts
{
    /// <summary>Tokens found before all else.</summary>
    public ImmutableArray<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>Changes the text.</summary>
    public INormalizer? Normalizer { get; init; }

    /// <summary>Cuts it into words; without one the text is one word.</summary>
    public IPreTokenizer? PreTokenizer { get; init; }

    /// <summary>Cuts words into pieces.</summary>
    public required ISubwordModel Model { get; init; }

    /// <summary>Whether a text that is too long keeps its end instead of its start.</summary>
    public bool KeepsEnd { get; init; }
}
