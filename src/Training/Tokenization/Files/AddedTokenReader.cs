using System.Collections.Immutable;
using System.Text.Json;
using Distributed.Training.Models;
using Distributed.Training.Tokenization.Added;

namespace Distributed.Training.Tokenization.Files;

/// <summary>Reads the added_tokens of a tokenizer.json.</summary>
internal static class AddedTokenReader
{
    private const int MostTokens = 1 << 16;

    /// <summary>The tokens, in the file's order. Their ids there are not read: the library gives the vocabulary's, or else the next free one.</summary>
    /// <exception cref="ModelFormatException">An entry is no token.</exception>
    public static ImmutableArray<AddedToken> Read(JsonFile json)
    {
        if (json.Value("added_tokens") is not { } list)
            return [];
        if (list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > MostTokens)
            throw new ModelFormatException(json.Path, $"more than {MostTokens} added tokens");
        return [.. json.Objects("added_tokens").Select(Token)];
    }

    private static AddedToken Token(JsonFile token)
    {
        var content = token.Text("content") ?? throw new ModelFormatException(token.Path, "an added token has no content");
        if (token.Value("id") is { } id)
            VocabularyReader.Id(token.Path, content, id);
        var isSpecial = token.Boolean("special") ?? false;
        return new AddedToken(content)
        {
            IsSpecial = isSpecial,
            IsNormalized = token.Boolean("normalized") ?? !isSpecial,
            StripsLeft = token.Boolean("lstrip") ?? false,
            StripsRight = token.Boolean("rstrip") ?? false,
            IsSingleWord = token.Boolean("single_word") ?? false,
        };
    }
}
