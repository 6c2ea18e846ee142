using System.Text.Json;
using Distributed.Training.Tokenization;
using Distributed.Training.Tokenization.Files;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Tokenization;

public sealed class WordPieceTokenizerTests
{
    // Ids by place: 0 [PAD], 1 [UNK], 2 [CLS], 3 [SEP], 4 [MASK], 5 a …
    private static readonly Vocabulary Tokens = new(
        new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##b", "##bc", "!", "é", "e", "日", "i", "##̇" }
            .Select((token, id) => KeyValuePair.Create(token, id)));

    public static TheoryData<string, int[]> Cases => new()
    {
        { "", [] },
        { "a A", [5, 5] },
        { "ab abc abcb", [5, 6, 5, 7, 5, 7, 6] },
        { "abd", [1] },
        { "a!a", [5, 8, 5] },
        { "a\u0000b", [5, 6] },
        { "a\tb", [5, 1] },
        { "a\u00a0a\u3000a", [5, 5, 5] },
        { "\u00e9 e\u0301 É", [10, 10, 10] },
        { "a日a", [5, 11, 5] },
        { "a\ud800", [5] },
        { "[SEP]a[MASK]", [3, 5, 4] },
        { "[sep]", [1, 1, 1] },
        { "é[CLS]é", [10, 2, 10] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_Text_GivesThePieces(string text, int[] pieces)
        => Assert.Equal([2, .. pieces, 3], new WordPieceTokenizer(Tokens, new WordPieceOptions()).Encode(text, 64));

    [Fact]
    public void Encode_Cased_KeepsCaseAndAccents()
    {
        var tokenizer = new WordPieceTokenizer(Tokens, new WordPieceOptions { LowerCase = false });

        Assert.Equal([2, 9, 5, 1, 3], tokenizer.Encode("é a A", 64));
    }

    [Fact]
    public void Encode_LowerCaseWithAccentsKept_TurnsTheDottedIIntoTwo()
    {
        var tokenizer = new WordPieceTokenizer(Tokens, new WordPieceOptions { StripAccents = false });

        Assert.Equal([2, 12, 13, 3], tokenizer.Encode("\u0130", 64));
    }

    [Fact]
    public void Encode_LongestWord_IsCutAndALongerOneUnknown()
    {
        var tokenizer = new WordPieceTokenizer(Tokens, new WordPieceOptions());

        Assert.Equal(102, tokenizer.Encode("a" + new string('b', 99), 200).Length);
        Assert.Equal([2, 1, 3], tokenizer.Encode("a" + new string('b', 100), 200));
    }

    [Fact]
    public void Encode_AnyText_NeverThrowsAndKeepsItsLimits()
    {
        var tokenizer = new WordPieceTokenizer(Tokens, new WordPieceOptions());
        var characters = Gen.OneOf(Gen.Choose(0, 0xffff).Select(value => (char)value), Gen.Elements('a', 'b', 'c', ' ', '[', ']', 'S', 'E', 'P', '가', 'é', '日'));

        Prop.ForAll(characters.ArrayOf().ToArbitrary(), text =>
        {
            var whole = tokenizer.Encode(text, 10_000);
            return Enumerable.Range(2, 8).All(limit =>
            {
                var cut = tokenizer.Encode(text, limit);
                return cut.SequenceEqual(whole.Length <= limit ? whole : [.. whole[..(limit - 1)], whole[^1]]);
            });
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Encode_FromManyThreads_GivesTheSameIds()
    {
        var tokenizer = new WordPieceTokenizer(Tokens, new WordPieceOptions());
        var texts = Enumerable.Range(0, 200).Select(i => string.Join(' ', Enumerable.Repeat(i % 2 == 0 ? "abc é日" : "ab a!", i % 7))).ToArray();
        var expected = texts.Select(text => tokenizer.Encode(text, 16)).ToArray();

        var actual = new int[texts.Length][];
        Parallel.For(0, texts.Length, i => actual[i] = tokenizer.Encode(texts[i], 16));

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Files_OfANewModel_SayWhatPythonSaves()
    {
        string[] notes = ["backend", "is_local", "local_files_only"]; // of how Python came to its files
        var files = TokenizerWriter.Files(
            TokenizerFolder.FromVocabulary(Testing.ReferenceData.PathOf("encoder", "mini-mean", "vocab.txt"), lowerCase: true), maxTokens: 64);
        var (tokenizer, settings) = (JsonDocument.Parse(files["tokenizer.json"]).RootElement, JsonDocument.Parse(files["tokenizer_config.json"]).RootElement);
        var python = Testing.ReferenceData.Json("encoder", "mini-mean", "tokenizer_config.json").EnumerateObject().Where(pair => !notes.Contains(pair.Name)).ToArray();

        Assert.True(JsonElement.DeepEquals(Testing.ReferenceData.Json("encoder", "mini-mean", "tokenizer.json"), tokenizer));
        Assert.Equal(python.Select(pair => pair.Name), settings.EnumerateObject().Select(pair => pair.Name).Order(StringComparer.Ordinal));
        Assert.All(python, pair => Assert.True(JsonElement.DeepEquals(pair.Value, settings.GetProperty(pair.Name)), pair.Name));
    }

    [Fact]
    public void Files_WrittenForAVocabulary_ReadBackToTheSameTokenizer()
    {
        using var folder = new Testing.TemporaryFolder();
        var original = TokenizerFolder.FromVocabulary(Testing.ReferenceData.PathOf("encoder", "mini-mean", "vocab.txt"), lowerCase: true);
        foreach (var (name, content) in TokenizerWriter.Files(original, maxTokens: 64))
            File.WriteAllBytes(folder.PathOf(name), content);

        var read = TokenizerFolder.Read(folder.Path);

        Assert.Equal(
            Models.EncoderReference.Sentences.Select(text => original.Encode(text, 64)),
            Models.EncoderReference.Sentences.Select(text => read.Encode(text, 64)));
        Assert.Equal(
            File.ReadAllText(Testing.ReferenceData.PathOf("encoder", "mini-mean", "vocab.txt")).TrimEnd('\n'),
            File.ReadAllText(folder.PathOf("vocab.txt")).TrimEnd('\n'));
    }
}
