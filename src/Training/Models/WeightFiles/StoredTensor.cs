using Distributed.Training.Models.Encoders;
using Distributed.Training.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Models.WeightFiles;

/// <summary>A tensor of a file and the parameter that takes its values.</summary>
internal static class StoredTensor
{
    /// <summary>Refuses a tensor of another shape, or with other numbers than floating-point ones. Only the header is looked at.</summary>
    /// <exception cref="ModelFormatException">It is one.</exception>
    public static void Require(string path, SafetensorsEntry entry, ReadOnlySpan<long> shape)
    {
        if (!entry.Shape.AsSpan().SequenceEqual(shape))
            throw new ModelFormatException(path, $"tensor {entry.Name} has the shape [{string.Join(", ", entry.Shape)}], config.json asks for [{string.Join(", ", shape.ToArray())}]");
        RequireFloatingPoint(path, entry);
    }

    /// <summary>Refuses a tensor of other numbers than floating-point ones. Only the header is looked at.</summary>
    /// <exception cref="ModelFormatException">It is one.</exception>
    public static void RequireFloatingPoint(string path, SafetensorsEntry entry)
    {
        if (entry.ScalarType is not (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64))
            throw new ModelFormatException(path, $"tensor {entry.Name} is of type {entry.ScalarType}, a floating-point type was expected");
    }

    /// <summary>Refuses numbers that are not finite.</summary>
    /// <exception cref="ModelFormatException">The tensor holds one.</exception>
    public static void RequireFinite(Tensor values, string name, string path)
    {
        // Finite float32 numbers have a finite sum in double precision; any other number makes it one like itself.
        using var sum = values.sum(ScalarType.Float64);
        if (!double.IsFinite(sum.item<double>()))
            throw new ModelFormatException(path, $"tensor {name} holds numbers that are not finite");
    }

    /// <summary>Gives a parameter, whose shape has been compared, its values in float32.</summary>
    /// <exception cref="ModelFormatException">The tensor holds a number that is not finite, or cannot be read.</exception>
    public static void Fill(Parameter parameter, StoredWeights weights, string name)
    {
        using var value = Float32(weights, name);
        RequireFinite(value, name, weights.PathOf(name));
        Unfilled.Fill(parameter, value);
    }

    /// <summary>The values in float32. They belong to the caller.</summary>
    /// <exception cref="ModelFormatException">They cannot be read.</exception>
    public static Tensor Float32(StoredWeights weights, string name)
    {
        var tensor = weights.Read(name);
        if (tensor.dtype == ScalarType.Float32)
            return tensor;
        using (tensor)
            return tensor.to(ScalarType.Float32);
    }
}
