using BenchmarkDotNet.Attributes;
using Distributed.Data.Reading;
using Distributed.Training.Tokenization;

namespace Distributed.Benchmarks.Micro;

/// <summary>Tokenising data/wordnet's corpus with each kind of model. The result of the method is the number of tokens.</summary>
[InProcess]
public class TokenizerBenchmark
{
    private const int MaxTokens = 64;

    private ITokenizer _tokenizer = null!;
    private string[] _texts = [];

    /// <summary>WordPiece with data/wordnet's vocabulary; byte-level BPE and unigram with small ones that were trained on the same texts.</summary>
    [Params("WordPiece", "roberta", "xlm-r")]
    public string Model { get; set; } = "WordPiece";

    [GlobalSetup]
    public void Read()
    {
        var wordnet = Path.Combine(Repository.Root, "data", "wordnet");
        _tokenizer = Model == "WordPiece"
            ? new WordPieceTokenizer(Vocabulary.Load(Path.Combine(wordnet, "vocab.txt")), new WordPieceOptions())
            : TokenizerFolder.Read(Path.Combine(Repository.Root, "tests", "reference", "families", Model, "model"));
        _texts = [.. TableReader.Read(Path.Combine(wordnet, "corpus.jsonl.gz"), ["text"], []).Select(row => row.RequiredText("text"))];
        Console.WriteLine($"// {Model}: {Corpus()} tokens");
    }

    [Benchmark]
    public int Corpus() => _texts.Sum(text => _tokenizer.Encode(text, MaxTokens).Length);
}
