using System.Collections.Immutable;
using Distributed.Benchmarks.Throughput;
using Distributed.Data.Reading;

namespace Distributed.Benchmarks.Inference;

/// <summary>What is encoded, a window of it a step: the made texts of a case, or WordNet's corpus in random order.</summary>
internal sealed class EncodedTexts
{
    private const int MadeTokens = 8192; // of a window
    private const int RealTexts = 2048; // of a window: enough that a side gains from sorting them

    private readonly ImmutableArray<string> _texts;
    private readonly int _window;

    public EncodedTexts(BenchmarkData data)
    {
        var made = data.Job.Model.MaxTokens; // of full texts alone
        _texts = made is null ? Corpus(data.Job.Seed) : [.. data.Set.Rows.Select(row => row.Texts[0]!)];
        _window = made is { } tokens ? MadeTokens / tokens : RealTexts;
    }

    /// <summary>The texts of a step; after the last one the first follow.</summary>
    public string[] Window(long step) => [.. Enumerable.Range(0, _window).Select(place => _texts[(int)((step * _window + place) % _texts.Length)])];

    private static ImmutableArray<string> Corpus(int seed)
    {
        var rows = TableReader.Read(Path.Combine(Repository.Root, "data", "wordnet", "corpus.jsonl.gz"), ["text"], []);
        var texts = rows.Select(row => row.RequiredText("text")).Distinct().ToArray();
        new Random(seed).Shuffle(texts);
        return [.. texts];
    }
}
