using System.Collections.Immutable;
using Distributed.Training.Models.Modules;
using Distributed.Training.Safetensors;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Folders;

/// <summary>The weights of modules behind the pooling, each in a model.safetensors of its own.</summary>
internal static class ModuleWeights
{
    /// <summary>Refuses files that do not hold the parameters of their modules. Nothing is allocated for them.</summary>
    /// <exception cref="ModelFormatException">A parameter is missing or has another shape or type, or there is another tensor.</exception>
    public static void Check(string folder, ImmutableArray<ModuleSpec> modules)
    {
        foreach (var module in modules.Where(module => module.Parameters.Length > 0))
        {
            using var reader = Open(folder, module);
            foreach (var parameter in module.Parameters)
                Check(reader, parameter);
            if (reader.Tensors.FirstOrDefault(tensor => module.Parameters.All(parameter => parameter.Name != tensor.Name)) is { } other)
                throw new ModelFormatException(reader.Path, $"tensor {other.Name} has no place in the module that config.json describes");
        }
    }

    /// <summary>Fills the modules of an encoder from files that <see cref="Check(string, ImmutableArray{ModuleSpec})"/> has passed.</summary>
    /// <exception cref="ModelFormatException">A file holds a number that is not finite.</exception>
    public static void Fill(SentenceEncoder encoder, string folder, ImmutableArray<ModuleSpec> modules)
    {
        foreach (var (module, parameters) in modules.Zip(encoder.ModuleParameters).Where(pair => pair.First.Parameters.Length > 0))
        {
            using var reader = Open(folder, module);
            foreach (var (name, parameter) in parameters)
                Fill(reader, name, parameter);
        }
    }

    private static SafetensorsReader Open(string folder, ModuleSpec module)
    {
        var path = ModelFiles.FindWeights(Path.Combine(folder, module.Path));
        try
        {
            return SafetensorsReader.Open(path);
        }
        catch (SafetensorsException failure)
        {
            throw new ModelFormatException(path, failure.Reason, failure);
        }
    }

    private static void Check(SafetensorsReader reader, StoredParameter parameter)
    {
        var entry = reader.Find(parameter.Name) ?? throw new ModelFormatException(reader.Path, $"no tensor {parameter.Name}");
        if (!entry.Shape.SequenceEqual(parameter.Shape))
        {
            throw new ModelFormatException(
                reader.Path, $"tensor {entry.Name} has the shape [{string.Join(", ", entry.Shape)}], config.json asks for [{string.Join(", ", parameter.Shape)}]");
        }

        if (entry.ScalarType is not (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64))
            throw new ModelFormatException(reader.Path, $"tensor {entry.Name} is of type {entry.ScalarType}, a floating-point type was expected");
    }

    private static void Fill(SafetensorsReader reader, string name, Parameter parameter)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var value = reader.Read(name).to(ScalarType.Float32);
        if (!double.IsFinite(value.sum(ScalarType.Float64).item<double>())) // in double precision the sum of finite float32 numbers is finite
            throw new ModelFormatException(reader.Path, $"tensor {name} holds numbers that are not finite");
        parameter.set_(value);
    }
}
