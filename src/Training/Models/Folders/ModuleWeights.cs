using System.Collections.Immutable;
using Distributed.Training.Models.Modules;
using Distributed.Training.Safetensors;

namespace Distributed.Training.Models.Folders;

/// <summary>The weights of modules behind the pooling, each in a model.safetensors of its own.</summary>
internal static class ModuleWeights
{
    /// <summary>Refuses files that do not hold the parameters of their modules. Nothing is allocated for them.</summary>
    /// <exception cref="ModelFormatException">A parameter is missing or has another shape, or there is another tensor.</exception>
    public static void Check(string folder, ImmutableArray<ModuleSpec> modules)
    {
        foreach (var module in modules.Where(module => module.Parameters.Length > 0))
        {
            using var reader = Open(ModelFiles.FindWeights(Path.Combine(folder, module.Path)));
            foreach (var (name, shape) in module.Parameters)
                CheckpointReader.RequireShape(reader.Path, reader.Find(name) ?? throw new ModelFormatException(reader.Path, $"no tensor {name}"), shape.AsSpan());
            if (reader.Tensors.FirstOrDefault(tensor => module.Parameters.All(parameter => parameter.Name != tensor.Name)) is { } other)
                throw new ModelFormatException(reader.Path, $"tensor {other.Name} has no place in the module that config.json describes");
        }
    }

    /// <summary>Fills the modules of an encoder from files that <see cref="Check"/> has passed.</summary>
    /// <exception cref="ModelFormatException">A file is damaged, or holds a number that is not finite.</exception>
    public static void Fill(SentenceEncoder encoder, string folder, ImmutableArray<ModuleSpec> modules)
    {
        foreach (var (module, parameters) in modules.Zip(encoder.ModuleParameters).Where(pair => pair.First.Parameters.Length > 0))
        {
            using var reader = Open(ModelFiles.FindWeights(Path.Combine(folder, module.Path)));
            foreach (var (name, parameter) in parameters)
                CheckpointReader.Copy(reader, name, parameter, reader.Path);
        }
    }

    private static SafetensorsReader Open(string path)
    {
        try
        {
            return SafetensorsReader.Open(path);
        }
        catch (SafetensorsException failure)
        {
            throw new ModelFormatException(path, failure.Reason, failure);
        }
    }
}
