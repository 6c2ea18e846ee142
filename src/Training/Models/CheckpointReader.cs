using System.Collections.Immutable;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Models.WeightFiles;
using Distributed.Training.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

/// <summary>Fills an encoder from model.safetensors, or from the files that an index names.</summary>
internal static class CheckpointReader
{
    private const string Pooler = "pooler.";

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
        try
        {
            using var weights = StoredWeights.Open(path);
            var names = CurrentNames(weights, family.Prefix);
            var parameters = encoder.TokenParameters.Select(pair => (pair.Parameter, Stored: Match(weights, names, pair.Name, pair.Parameter))).ToArray();
            if (names.Keys.FirstOrDefault(name => !IsLeftOut(name)) is { } unexpected)
                throw new ModelFormatException(path, $"tensor {unexpected} has no place in the encoder that config.json describes");
            foreach (var (parameter, stored) in parameters)
                Fill(parameter, weights, stored);
            return names.Where(name => name.Key.StartsWith(Pooler, StringComparison.Ordinal))
                .ToImmutableSortedDictionary(name => name.Key, name => Float32(weights, name.Value), StringComparer.Ordinal);
        }
        catch (SafetensorsException failure)
        {
            throw new ModelFormatException(failure.Path, failure.Reason, failure);
        }
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
        if (!names.Remove(name, out var stored))
            throw new ModelFormatException(weights.Path, $"no tensor {name}");
        var entry = weights.Entry(stored);
        if (!entry.Shape.AsSpan().SequenceEqual(parameter.shape))
            throw new ModelFormatException(weights.PathOf(stored), $"tensor {stored} has the shape [{string.Join(", ", entry.Shape)}], config.json asks for [{string.Join(", ", parameter.shape)}]");
        return entry.ScalarType is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64
            ? stored
            : throw new ModelFormatException(weights.PathOf(stored), $"tensor {stored} is of type {entry.ScalarType}, a floating-point type was expected");
    }

    private static void Fill(Parameter parameter, StoredWeights weights, string stored)
    {
        using var value = Float32(weights, stored);
        RequireFinite(value, stored, weights.PathOf(stored));
        Unfilled.Fill(parameter, value);
    }

    /// <summary>Refuses numbers that are not finite.</summary>
    /// <exception cref="ModelFormatException">The tensor holds one.</exception>
    internal static void RequireFinite(Tensor values, string name, string path)
    {
        // Finite float32 numbers have a finite sum in double precision; any other number makes it one like itself.
        using var sum = values.sum(ScalarType.Float64);
        if (!double.IsFinite(sum.item<double>()))
            throw new ModelFormatException(path, $"tensor {name} holds numbers that are not finite");
    }

    private static Tensor Float32(StoredWeights weights, string stored)
    {
        var tensor = weights.Read(stored);
        if (tensor.dtype == ScalarType.Float32)
            return tensor;
        using (tensor)
            return tensor.to(ScalarType.Float32);
    }
}
