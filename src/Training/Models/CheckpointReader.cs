using System.Collections.Immutable;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Models.WeightFiles;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

/// <summary>Fills an encoder from model.safetensors, or from the files that an index names.</summary>
internal static class CheckpointReader
{
    private const string Pooler = "pooler.";
    private const int MostNamed = 3;

    // Stored by older versions, computed by all.
    private static readonly ImmutableHashSet<string> Computed = ["embeddings.position_ids", "embeddings.token_type_ids"];

    // What a checkpoint has for the task it was trained on. It has no part in an embedding.
    private static readonly ImmutableArray<string> Heads =
    [
        "cls.", "lm_head.", "vocab_transform.", "vocab_layer_norm.", "vocab_projector.", "head.", "decoder.", "classifier.", "pre_classifier.", "qa_outputs.",
    ];

    /// <summary>
    /// Reads every parameter of the encoder, whatever floating-point type it is stored in. Returns the pooler's tensors, which belong to the
    /// checkpoint but have no part in an embedding; they belong to the caller. All names, shapes and types are compared before the first tensor is read.
    /// </summary>
    /// <exception cref="ModelFormatException">A tensor is missing, unknown or has another shape, or holds a number that is not finite.</exception>
    public static ImmutableSortedDictionary<string, Tensor> Fill(SentenceEncoder encoder, string path, EncoderFamily family)
    {
        using var weights = StoredWeights.Open(path);
        var names = CurrentNames(weights, family.Prefix);
        RequireNames(path, encoder, names);
        var parameters = encoder.TokenParameters.Select(pair => (pair.Parameter, Stored: Match(weights, names, pair.Name, pair.Parameter))).ToArray();
        foreach (var (parameter, stored) in parameters)
            StoredTensor.Fill(parameter, weights, stored);
        return names.Where(name => name.Key.StartsWith(Pooler, StringComparison.Ordinal))
            .ToImmutableSortedDictionary(name => name.Key, name => StoredTensor.Float32(weights, name.Value), StringComparer.Ordinal);
    }

    private static void RequireNames(string path, SentenceEncoder encoder, Dictionary<string, string> stored)
    {
        var expected = encoder.TokenParameters.Select(pair => pair.Name).ToArray();
        var missing = expected.Where(name => !stored.ContainsKey(name)).ToArray();
        var unknown = stored.Keys.Except(expected).Where(name => !IsLeftOut(name)).Order(StringComparer.Ordinal).ToArray();
        string[] reasons =
        [
            .. missing.Length > 0 ? [$"no {Some(missing)}"] : Array.Empty<string>(),
            .. unknown.Length > 0 ? [$"{Some(unknown)} {(unknown.Length == 1 ? "has" : "have")} no place in the encoder that config.json describes"] : Array.Empty<string>(),
        ];
        if (reasons.Length > 0)
            throw new ModelFormatException(path, string.Join("; ", reasons));
    }

    private static string Some(string[] names)
    {
        var named = string.Join(", ", names.Take(MostNamed));
        var rest = names.Length > MostNamed ? $" and {names.Length - MostNamed} more" : "";
        return $"tensor{(names.Length == 1 ? "" : "s")} {named}{rest}";
    }

    // The stored name of each tensor by the name it has here.
    private static Dictionary<string, string> CurrentNames(StoredWeights weights, string prefix)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var stored in weights.Names)
        {
            var name = CurrentName(stored, prefix);
            if (!names.TryAdd(name, stored))
                throw new ModelFormatException(weights.Path, $"{names[name]} and {stored} are two tensors for {name}");
        }

        return names;
    }

    private static string CurrentName(string name, string prefix)
    {
        var bare = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
        return bare.Replace("LayerNorm.gamma", "LayerNorm.weight", StringComparison.Ordinal)
            .Replace("LayerNorm.beta", "LayerNorm.bias", StringComparison.Ordinal);
    }

    private static bool IsLeftOut(string name)
        => Computed.Contains(name) || name.StartsWith(Pooler, StringComparison.Ordinal) || Heads.Any(head => name.StartsWith(head, StringComparison.Ordinal));

    private static string Match(StoredWeights weights, Dictionary<string, string> names, string name, Parameter parameter)
    {
        var stored = names[name];
        StoredTensor.Require(weights.PathOf(stored), weights.Find(stored)!, parameter.shape);
        return stored;
    }
}
