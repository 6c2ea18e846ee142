using System.Collections.Immutable;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

/// <summary>Fills an encoder from model.safetensors.</summary>
internal static class CheckpointReader
{
    // Stored by older versions, computed by all.
    private const string PositionIds = "embeddings.position_ids";

    /// <summary>
    /// Reads every parameter of the encoder, whatever floating-point type it is stored in. Returns the pooler's tensors, which belong to the
    /// checkpoint but have no part in an embedding; they belong to the caller.
    /// </summary>
    /// <exception cref="ModelFormatException">A tensor is missing, has another shape, holds a number that is not finite, or there are more layers than the config has.</exception>
    public static ImmutableSortedDictionary<string, Tensor> Fill(SentenceEncoder encoder, string path, EncoderFamily family)
    {
        try
        {
            using var reader = SafetensorsReader.Open(path);
            var names = reader.Tensors.ToDictionary(tensor => CurrentName(tensor.Name, family.Prefix), tensor => tensor.Name, StringComparer.Ordinal);
            foreach (var (name, parameter) in encoder.TokenParameters)
            {
                if (!names.Remove(name, out var stored))
                    throw new ModelFormatException(path, $"no tensor {name}");
                Copy(reader, stored, parameter, path);
            }

            if (names.Keys.FirstOrDefault(name => IsEncoderTensor(name) && name != PositionIds) is { } unexpected)
                throw new ModelFormatException(path, $"tensor {unexpected} has no place in the encoder that config.json describes");
            return names.Where(name => name.Key.StartsWith("pooler.", StringComparison.Ordinal))
                .ToImmutableSortedDictionary(name => name.Key, name => Float32(reader.Read(name.Value)), StringComparer.Ordinal);
        }
        catch (SafetensorsException failure)
        {
            throw new ModelFormatException(path, failure.Reason, failure);
        }
        catch (ArgumentException failure)
        {
            throw new ModelFormatException(path, "a tensor stands under two names", failure);
        }
    }

    private static string CurrentName(string name, string prefix)
    {
        var bare = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
        return bare.Replace("LayerNorm.gamma", "LayerNorm.weight", StringComparison.Ordinal)
            .Replace("LayerNorm.beta", "LayerNorm.bias", StringComparison.Ordinal);
    }

    private static bool IsEncoderTensor(string name)
        => name.StartsWith("embeddings.", StringComparison.Ordinal) || name.StartsWith("encoder.", StringComparison.Ordinal);

    private static void Copy(SafetensorsReader reader, string stored, Tensor parameter, string path)
    {
        var entry = reader.Find(stored)!;
        if (!entry.Shape.AsSpan().SequenceEqual(parameter.shape))
            throw new ModelFormatException(path, $"tensor {stored} has the shape [{string.Join(", ", entry.Shape)}], config.json asks for [{string.Join(", ", parameter.shape)}]");
        if (entry.ScalarType is not (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64))
            throw new ModelFormatException(path, $"tensor {stored} is of type {entry.ScalarType}, a floating-point type was expected");
        using var value = reader.Read(stored);
        using (no_grad())
        {
            parameter.copy_(value);
            // Finite float32 numbers have a finite sum in double precision; any other number makes it one like itself.
            using var sum = parameter.sum(ScalarType.Float64);
            if (!double.IsFinite(sum.item<double>()))
                throw new ModelFormatException(path, $"tensor {stored} holds numbers that are not finite");
        }
    }

    private static Tensor Float32(Tensor tensor)
    {
        if (tensor.dtype == ScalarType.Float32)
            return tensor;
        using (tensor)
            return tensor.to(ScalarType.Float32);
    }
}
