using Distributed.Testing;
using Distributed.Training.Tests.Models;
using Distributed.Training.Tokenization;

namespace Distributed.Training.Tests.Tokenization;

public sealed class WordPieceReferenceTests
{
    private const int MaxTokens = 64;

    [Theory]
    [InlineData("mini-mean", "ids")]
    [InlineData("tokenizer-cased", "cased_ids")]
    public void Encode_ReferenceSentences_GivesThePeersIds(string folder, string key)
    {
        var tokenizer = TokenizerFolder.Read(ReferenceData.PathOf("encoder", folder));

        Assert.Equal(EncoderReference.Ids(key), EncoderReference.Sentences.Select(sentence => tokenizer.Encode(sentence, MaxTokens)));
    }

    [Fact]
    public void Encode_ReferenceSentencesTruncated_GivesThePeersIds()
    {
        var tokenizer = TokenizerFolder.Read(ReferenceData.PathOf("encoder", "mini-mean"));

        foreach (var (maxTokens, ids) in EncoderReference.Truncations())
            Assert.Equal(ids, EncoderReference.Sentences.Select(sentence => tokenizer.Encode(sentence, maxTokens)));
    }

    [Fact]
    public void Encode_VocabularyFileOnly_GivesTheSameIds()
    {
        var tokenizer = TokenizerFolder.FromVocabulary(ReferenceData.PathOf("encoder", "mini-mean", "vocab.txt"), lowerCase: true);

        Assert.Equal(EncoderReference.Ids(), EncoderReference.Sentences.Select(sentence => tokenizer.Encode(sentence, MaxTokens)));
    }
}
