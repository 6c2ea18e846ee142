using System.Text.Json;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Tokenization;

namespace Distributed.Training.Tests.Tokenization;

/// <summary>Folders without tokenizer.json.</summary>
public sealed class LegacyTokenizerTests : IDisposable
{
    private const int MaxTokens = 64;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Python too loses the mask token's lstrip here: its setting is a plain string.
    [Fact]
    public void Read_VocabularyAndMerges_GivesThePeersIds()
    {
        var (tokenizer, reference) = (TokenizerFolder.Read(WithoutTokenizerFile("roberta")), TokenizerReference.Family("roberta"));

        foreach (var (sentence, ids) in reference.Sentences.Zip(reference.Ids).Where(pair => !HasSpaceBeforeMask(pair.First)))
            Assert.Equal(ids, tokenizer.Encode(sentence, MaxTokens));
        Assert.Equal(tokenizer.Encode("a ", MaxTokens)[..^1], tokenizer.Encode("a <mask> b", MaxTokens)[..3]);
    }

    [Fact]
    public void Read_SentencePieceModel_GivesThePeersIds()
    {
        var (tokenizer, reference) = (TokenizerFolder.Read(WithoutTokenizerFile("xlm-r")), TokenizerReference.Family("xlm-r"));

        Assert.Equal(reference.Ids, reference.Sentences.Select(sentence => tokenizer.Encode(sentence, MaxTokens)));
    }

    [Theory]
    [InlineData("mpnet")]
    [InlineData("distilbert")]
    public void Read_VocabularyOnly_GivesThePeersIds(string family)
    {
        var folder = WithoutTokenizerFile(family);
        WriteVocabulary(family, folder);
        var (tokenizer, reference) = (TokenizerFolder.Read(folder), TokenizerReference.Family(family));

        Assert.Equal(reference.Ids, reference.Sentences.Select(sentence => tokenizer.Encode(sentence, MaxTokens)));
    }

    [Theory]
    [InlineData("roberta")]
    [InlineData("xlm-r")]
    [InlineData("mpnet")]
    public void MissingFiles_WrittenBeside_ReadBackToTheSameTokenizer(string family)
    {
        var folder = WithoutTokenizerFile(family);
        if (family == "mpnet")
            WriteVocabulary(family, folder);
        var original = TokenizerFolder.Read(folder);
        var saved = _folder.PathOf("saved");
        Directory.CreateDirectory(saved);

        foreach (var (name, content) in TokenizerFolder.MissingFiles(folder, MaxTokens))
            File.WriteAllBytes(Path.Combine(saved, name), content);

        var (read, sentences) = (TokenizerFolder.Read(saved), TokenizerReference.Family(family).Sentences);
        Assert.Equal(["special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"], Directory.GetFiles(saved).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(sentences.Select(text => original.Encode(text, MaxTokens)), sentences.Select(text => read.Encode(text, MaxTokens)));
        Assert.Empty(TokenizerFolder.MissingFiles(saved, MaxTokens));
    }

    // A name that the vocabulary lacks would be appended to it by Python, beyond the model's embeddings.
    [Fact]
    public void MissingFiles_VocabularyWithoutMask_DoesNotNameIt()
    {
        var folder = WithoutTokenizerFile("distilbert");
        File.Delete(Path.Combine(folder, "tokenizer_config.json"));
        WriteVocabulary("distilbert", folder);
        var vocabulary = Path.Combine(folder, "vocab.txt");
        File.WriteAllText(vocabulary, File.ReadAllText(vocabulary).Replace("[MASK]", "[unused]", StringComparison.Ordinal));

        var files = TokenizerFolder.MissingFiles(folder, MaxTokens);

        foreach (var file in (string[])["tokenizer_config.json", "special_tokens_map.json"])
        {
            var json = JsonDocument.Parse(files[file]).RootElement;
            Assert.Equal("[SEP]", json.GetProperty("sep_token").GetString());
            Assert.False(json.TryGetProperty("mask_token", out _), file);
        }
    }

    // What Python saved from the same files, but for what it says of training and of decoding.
    [Theory]
    [InlineData("roberta", "model", "normalizer", "pre_tokenizer", "post_processor")]
    [InlineData("xlm-r", "model", "normalizer", "pre_tokenizer", "post_processor", "decoder", "added_tokens")]
    public void MissingFiles_Tokenizer_IsWhatPythonSaves(string family, params string[] parts)
    {
        var written = JsonDocument.Parse(TokenizerFolder.MissingFiles(WithoutTokenizerFile(family), MaxTokens)["tokenizer.json"]).RootElement;
        var python = ReferenceData.Json("families", family, "model", "tokenizer.json");

        foreach (var part in parts)
            Assert.True(JsonElement.DeepEquals(python.GetProperty(part), written.GetProperty(part)), part);
    }

    [Theory]
    [InlineData("\"RobertaTokenizer\"", "\"LlamaTokenizer\"", "vocab.json", "the tokenizer class LlamaTokenizer without tokenizer.json is not supported")]
    [InlineData("\"RobertaTokenizer\"", "\"BertTokenizer\"", "vocab.txt", "no such file")]
    public void Read_VocabularyOfAnotherClass_IsRefused(string old, string changed, string file, string reason)
    {
        var folder = WithoutTokenizerFile("roberta");
        var settings = Path.Combine(folder, "tokenizer_config.json");
        File.WriteAllText(settings, File.ReadAllText(settings).Replace(old, changed, StringComparison.Ordinal));

        var failure = Assert.Throws<ModelFormatException>(() => TokenizerFolder.Read(folder));

        Assert.Equal((Path.Combine(folder, file), reason), (failure.Path, failure.Reason));
    }

    [Fact]
    public void Read_AddedTokensWithoutTokenizerFile_IsRefused()
    {
        var folder = WithoutTokenizerFile("roberta");
        File.WriteAllText(Path.Combine(folder, "added_tokens.json"), "{\"<extra>\": 1600}");

        Assert.Equal("added_tokens.json without tokenizer.json is not supported", Assert.Throws<ModelFormatException>(() => TokenizerFolder.Read(folder)).Reason);
    }

    [Theory]
    [InlineData("merges.txt", "#version: 0.2\na b c\n", "the line a b c is no merge")]
    [InlineData("merges.txt", "a zzzz\n", "a merge names zzzz, which the vocabulary lacks")]
    [InlineData("vocab.json", "{\"a\": -1}", "the token a has the id -1; ids from 0 to 16777215 are possible")]
    public void Read_DamagedFiles_AreNamed(string file, string content, string reason)
    {
        var folder = WithoutTokenizerFile("roberta");
        File.WriteAllText(Path.Combine(folder, file), content);

        Assert.Equal(reason, Assert.Throws<ModelFormatException>(() => TokenizerFolder.Read(folder)).Reason);
    }

    [Fact]
    public void Read_SentencePieceModelCutOff_IsRefusedOrShorter()
    {
        var folder = WithoutTokenizerFile("xlm-r");
        var path = Path.Combine(folder, "sentencepiece.bpe.model");
        var whole = File.ReadAllBytes(path);

        foreach (var length in new[] { 0, 1, 7, 100, 20_000, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Equal(path, Assert.Throws<ModelFormatException>(() => TokenizerFolder.Read(folder)).Path);
        }
    }

    // Half a million tokens and a million pieces are the most that published models have.
    [Theory]
    [InlineData("roberta", "merges.txt", "\n", "more than 1048576 lines")]
    [InlineData("distilbert", "vocab.txt", "a\n", "more than 1048576 lines")]
    [InlineData("xlm-r", "sentencepiece.bpe.model", "\n\0", "no SentencePiece model: more than 1048576 pieces")]
    public void Read_MoreThanAnyVocabulary_IsRefusedWithinBounds(string family, string file, string entry, string reason)
    {
        const long MostAllocated = 128 << 20;
        var folder = WithoutTokenizerFile(family);
        File.WriteAllText(Path.Combine(folder, file), string.Concat(Enumerable.Repeat(entry, (1 << 20) + 1)));
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        var failure = Assert.Throws<ModelFormatException>(() => TokenizerFolder.Read(folder));

        Assert.Equal((Path.Combine(folder, file), reason), (failure.Path, failure.Reason));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, MostAllocated);
    }

    [Fact]
    public void Read_VocabularyInOneLineWithoutEnd_IsNotRead()
    {
        var folder = WithoutTokenizerFile("distilbert");
        using (var file = File.Create(Path.Combine(folder, "vocab.txt")))
            file.SetLength((1L << 25) + 1);

        Assert.Equal("33554433 bytes, more than the 32 MiB that such a file may have", Assert.Throws<ModelFormatException>(() => TokenizerFolder.Read(folder)).Reason);
    }

    private static bool HasSpaceBeforeMask(string sentence)
        => sentence.Split("<mask>")[..^1].Any(before => before.Length > 0 && char.IsWhiteSpace(before[^1]));

    private static void WriteVocabulary(string family, string folder)
        => File.WriteAllLines(Path.Combine(folder, "vocab.txt"), ReferenceData.Json("families", family, "model", "tokenizer.json")
            .GetProperty("model").GetProperty("vocab").EnumerateObject().OrderBy(token => token.Value.GetInt32()).Select(token => token.Name));

    private string WithoutTokenizerFile(string family)
    {
        Directory.CreateDirectory(_folder.PathOf(family));
        foreach (var file in new[] { "config.json", "tokenizer_config.json", "vocab.json", "merges.txt", "sentencepiece.bpe.model" })
        {
            if (File.Exists(ReferenceData.PathOf("families", family, "model", file)))
                File.Copy(ReferenceData.PathOf("families", family, "model", file), _folder.PathOf(family, file));
        }

        return _folder.PathOf(family);
    }
}
