using System.Text.Json.Nodes;
using Distributed.Training.Models;
using Distributed.Training.Tokenization.Files;
using Distributed.Training.Tokenization.Subwords;

namespace Distributed.Training.Tokenization.Classes;

/// <summary>
/// A tokenizer class that Python's transformers (5) knows. It takes vocabulary, merges, added tokens and character map from tokenizer.json and makes the
/// rest itself, from tokenizer_config.json. Where that says nothing, what tokenizer.json says is taken here.
/// </summary>
/// <param name="name">Its name in tokenizer_config.json.</param>
internal abstract class TokenizerClass(string name)
{
    /// <summary>Its name in tokenizer_config.json.</summary>
    public string Name => name;

    /// <summary>The type of its model in tokenizer.json.</summary>
    public abstract string ModelType { get; }

    /// <summary>Its special tokens by their names in tokenizer_config.json, in the order in which they are written.</summary>
    public abstract IReadOnlyList<KeyValuePair<string, string>> SpecialTokens { get; }

    /// <summary>The model, with the vocabulary of a section of tokenizer.json.</summary>
    public abstract ISubwordModel Model(JsonFile section, TokenizerSettings settings);

    /// <summary>The normaliser's section.</summary>
    /// <param name="settings">Settings, which win.</param>
    /// <param name="file">That of tokenizer.json.</param>
    public abstract JsonObject? Normalizer(TokenizerSettings settings, JsonFile? file);

    /// <summary>The pre-tokeniser's section.</summary>
    public abstract JsonObject PreTokenizer(TokenizerSettings settings, JsonFile? file);

    /// <summary>The post-processor's section.</summary>
    /// <param name="settings">Settings.</param>
    /// <param name="find">The id of a token.</param>
    /// <exception cref="ArgumentException">The vocabulary lacks a special token.</exception>
    public abstract JsonObject PostProcessor(TokenizerSettings settings, Func<string, int?> find);

    /// <summary>The whole tokenizer.json for a folder that has older files instead.</summary>
    /// <exception cref="ModelFormatException">There are none, or damaged ones.</exception>
    public abstract JsonObject Convert(string folder, TokenizerSettings settings);

    /// <summary>A special token, as set or as the class has it.</summary>
    public string Token(TokenizerSettings settings, string key) => settings.Token(key) ?? SpecialTokens.First(token => token.Key == key).Value;

    /// <summary>The same with its id.</summary>
    protected (string Token, int Id) TokenWithId(TokenizerSettings settings, string key, Func<string, int?> find)
    {
        var token = Token(settings, key);
        return (token, find(token) ?? throw new ArgumentException($"the vocabulary has no {token}"));
    }

    /// <summary>The special tokens that a vocabulary has, in the order of their ids.</summary>
    protected IEnumerable<JsonObject> AddedTokens(TokenizerSettings settings, Func<string, int?> find, bool maskStripsLeft)
        => SpecialTokens
            .Select(token => (Name: token.Key, Token: Token(settings, token.Key)))
            .DistinctBy(token => token.Token)
            .Select(token => (token.Name, token.Token, Id: find(token.Token)))
            .Where(token => token.Id is not null)
            .OrderBy(token => token.Id)
            .Select(token => TokenizerSections.SpecialToken(
                token.Id!.Value, token.Token, settings.StripsLeft(token.Name) ?? (token.Name == "mask_token" && maskStripsLeft)));
}
