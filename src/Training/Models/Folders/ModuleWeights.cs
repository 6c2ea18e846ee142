using System.Collections.Immutable;
using Distributed.Training.Models.Modules;
using Distributed.Training.Models.WeightFiles;

namespace Distributed.Training.Models.Folders;

/// <summary>The weights of modules behind the pooling, each in files of its own: model.safetensors, or several with an index.</summary>
internal static class ModuleWeights
{
    /// <summary>Refuses files that do not hold the parameters of their modules. Nothing is allocated for them.</summary>
    /// <exception cref="ModelFormatException">A parameter is missing or has another shape or type, or there is another tensor.</exception>
    public static void Check(string folder, ImmutableArray<ModuleSpec> modules)
    {
        foreach (var module in modules.Where(module => module.Parameters.Length > 0))
        {
            using var weights = Open(folder, module);
            foreach (var parameter in module.Parameters)
                Check(weights, parameter);
            if (weights.Names.FirstOrDefault(name => module.Parameters.All(parameter => parameter.Name != name)) is { } other)
                throw new ModelFormatException(weights.PathOf(other), $"tensor {other} has no place in the module that config.json describes");
        }
    }

    /// <summary>Fills the modules of an encoder from files that <see cref="Check(string, ImmutableArray{ModuleSpec})"/> has passed.</summary>
    /// <exception cref="ModelFormatException">A file holds a number that is not finite.</exception>
    public static void Fill(SentenceEncoder encoder, string folder, ImmutableArray<ModuleSpec> modules)
    {
        foreach (var (module, parameters) in modules.Zip(encoder.ModuleParameters).Where(pair => pair.First.Parameters.Length > 0))
        {
            using var weights = Open(folder, module);
            foreach (var (name, parameter) in parameters)
                StoredTensor.Fill(parameter, weights, name);
        }
    }

    private static StoredWeights Open(string folder, ModuleSpec module) => StoredWeights.Open(ModelFiles.FindWeights(Path.Combine(folder, module.Path)));

    private static void Check(StoredWeights weights, StoredParameter parameter)
    {
        var entry = weights.Find(parameter.Name) ?? throw new ModelFormatException(weights.Path, $"no tensor {parameter.Name}");
        StoredTensor.Require(weights.PathOf(parameter.Name), entry, parameter.Shape.AsSpan());
    }
}
