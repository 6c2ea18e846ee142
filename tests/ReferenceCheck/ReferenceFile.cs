using System.Text.Json;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.ReferenceCheck;

/// <summary>Small readers shared by the parts.</summary>
internal static class ReferenceFile
{
    /// <summary>A JSON file.</summary>
    public static JsonElement Json(params string[] path) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(path))).RootElement;

    /// <summary>A JSON Lines file.</summary>
    public static List<JsonElement> JsonLines(params string[] path) =>
        [.. File.ReadLines(Path.Combine(path)).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>A number, where the file writes "nan" for what is none.</summary>
    public static double Number(this JsonElement element) => element.ValueKind == JsonValueKind.Number ? element.GetDouble() : double.NaN;

    /// <summary>The strings of an array.</summary>
    public static string[] Strings(this JsonElement element) => [.. element.EnumerateArray().Select(item => item.GetString()!)];

    /// <summary>Largest absolute value, in double.</summary>
    public static double MaxAbs(this Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.numel() == 0 ? 0 : tensor.to(ScalarType.Float64).abs().max().item<double>();
    }

    /// <summary>Largest absolute difference, in double.</summary>
    public static double MaxDifference(this Tensor actual, Tensor expected)
    {
        using var scope = NewDisposeScope();
        return (actual.detach().to(ScalarType.Float64) - expected.to(ScalarType.Float64)).MaxAbs();
    }

    /// <summary>A stored tensor in another dtype.</summary>
    public static Tensor Read(this SafetensorsReader file, string name, ScalarType dtype)
    {
        using var stored = file.Read(name);
        return stored.to(dtype, copy: true);
    }
}
