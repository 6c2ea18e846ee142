using Distributed.Testing;
using Distributed.Training.Tests.Models;
using Distributed.Training.Tokenization;

namespace Distributed.Training.Tests.Tokenization;

/// <summary>The ids of Python's tokenizers on stored sentences, hostile ones among them.</summary>
public sealed class FamilyTokenizerTests
{
    private const int MaxTokens = 64;

    public static TheoryData<string> Families => ["roberta", "xlm-r", "mpnet", "distilbert", "modernbert", "bert-variants/gelu-new"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Encode_ReferenceSentences_GivesThePeersIds(string family)
    {
        var (tokenizer, reference) = Read(family);

        foreach (var (sentence, ids) in reference.Sentences.Zip(reference.Ids))
            Assert.Equal((sentence, string.Join(' ', ids)), (sentence, string.Join(' ', tokenizer.Encode(sentence, MaxTokens))));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Encode_ReferenceSentencesTruncated_GivesThePeersIds(string family)
    {
        var (tokenizer, reference) = Read(family);

        foreach (var maxTokens in new[] { 8, 3, 2 })
            Assert.Equal(reference.TruncatedTo(maxTokens), reference.Sentences.Select(sentence => tokenizer.Encode(sentence, maxTokens)));
        Assert.Equal(reference.UntruncatedLengths, reference.Sentences.Select(sentence => tokenizer.Encode(sentence, int.MaxValue).Length));
    }

    [Fact]
    public void Encode_FileWithMetaspaceAlone_IsObeyedWithoutAClass()
    {
        var reference = TokenizerReference.Family("xlm-r/tokenizer-metaspace");
        var tokenizer = TokenizerFolder.Read(ReferenceData.PathOf("families", "xlm-r", "tokenizer-metaspace"));

        foreach (var (sentence, ids) in reference.Sentences.Zip(reference.Ids))
            Assert.Equal((sentence, string.Join(' ', ids)), (sentence, string.Join(' ', tokenizer.Encode(sentence, int.MaxValue))));
    }

    [Fact]
    public void Encode_PublishedModel_GivesThePeersIds()
    {
        const int PublishedMaxTokens = 256;
        var reference = TokenizerReference.At(PublishedModels.PathOrSkip("expected", "expected.json"));

        var tokenizer = TokenizerFolder.Read(PublishedModels.PathOrSkip(PublishedModels.MiniLM));

        Assert.Equal(reference.Ids, reference.Sentences.Select(sentence => tokenizer.Encode(sentence, PublishedMaxTokens)));
    }

    private static (ITokenizer Tokenizer, TokenizerReference Reference) Read(string family)
        => (TokenizerFolder.Read(ReferenceData.PathOf("families", family, "model")), TokenizerReference.Family(family));
}
