using System.Text.Json;
using Distributed.Training.Models;

namespace Distributed.ReferenceCheck;

/// <summary>Token ids against the peer's: exact.</summary>
internal static class TokenIds
{
    /// <summary>Of each sentence by itself, special tokens included.</summary>
    public static CheckResult Compare(string name, EmbeddingModel model, string[] sentences, JsonElement expected)
    {
        var different = sentences.Zip(expected.EnumerateArray())
            .Where(pair => !model.Tokenize(pair.First).SequenceEqual(pair.Second.EnumerateArray().Select(id => id.GetInt32())))
            .Select(pair => JsonSerializer.Serialize(pair.First))
            .ToList();
        return different.Count == 0
            ? new CheckResult(name, CheckOutcome.Passed)
            : new CheckResult(name, CheckOutcome.Failed, Detail: $"{different.Count} of {sentences.Length} sentences differ, the first {different[0]}");
    }
}
