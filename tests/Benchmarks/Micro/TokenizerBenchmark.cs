using BenchmarkDotNet.Attributes;
using Distributed.Data.Reading;
using Distributed.Training.Tokenization;

namespace Distributed.Benchmarks.Micro;

/// <summary>Tokenising data/wordnet's corpus.</summary>
[InProcess]
public class TokenizerBenchmark
{
    private const int MaxTokens = 64;

    private WordPieceTokenizer _tokenizer = null!;
    private string[] _texts = [];

    [GlobalSetup]
    public void Read()
    {
        var wordnet = Path.Combine(Repository.Root, "data", "wordnet");
        _tokenizer = new WordPieceTokenizer(Vocabulary.Load(Path.Combine(wordnet, "vocab.txt")), new WordPieceOptions());
        _texts = [.. TableReader.Read(Path.Combine(wordnet, "corpus.jsonl.gz"), ["text"], []).Select(row => row.RequiredText("text"))];
    }

    [Benchmark]
    public int Corpus() => _texts.Sum(text => _tokenizer.Encode(text, MaxTokens).Length);
}
