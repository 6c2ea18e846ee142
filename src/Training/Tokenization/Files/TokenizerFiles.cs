using System.Collections.Immutable;

namespace Distributed.Training.Tokenization.Files;

/// <summary>Names of a tokenizer's files.</summary>
internal static class TokenizerFiles
{
    /// <summary>The whole tokenizer in one file.</summary>
    public const string Tokenizer = "tokenizer.json";

    /// <summary>What Python's class is told.</summary>
    public const string Settings = "tokenizer_config.json";

    /// <summary>The special tokens by their names.</summary>
    public const string SpecialTokens = "special_tokens_map.json";

    /// <summary>Tokens beside those of the older files.</summary>
    public const string AddedTokens = "added_tokens.json";

    /// <summary>WordPiece: a token a line.</summary>
    public const string WordPieces = "vocab.txt";

    /// <summary>Byte-pair encoding: tokens and ids.</summary>
    public const string BytePairs = "vocab.json";

    /// <summary>Byte-pair encoding: a merge a line.</summary>
    public const string Merges = "merges.txt";

    /// <summary>XLM-RoBERTa's pieces.</summary>
    public const string SentencePieces = "sentencepiece.bpe.model";

    /// <summary>The older files that have a vocabulary.</summary>
    public static readonly ImmutableArray<string> Vocabularies = [WordPieces, BytePairs, SentencePieces];

    /// <summary>The files that make up a tokenizer, as far as a folder has them.</summary>
    public static readonly ImmutableArray<string> All = [Tokenizer, Settings, SpecialTokens, AddedTokens, .. Vocabularies, Merges, "spiece.model", "tokenizer.model"];
}
