using System.Collections.Immutable;
using System.Text;
using Distributed.Training.Models.Folders;
using Distributed.Training.Models.WeightFiles;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

/// <summary>Names of a model folder's files, and how a folder is written.</summary>
internal static class ModelFiles
{
    /// <summary>Shape of the encoder.</summary>
    public const string ConfigFile = "config.json";

    /// <summary>Weights of the encoder.</summary>
    public const string WeightsFile = "model.safetensors";

    /// <summary>Prompts and the similarity function.</summary>
    public const string SentenceTransformersFile = "config_sentence_transformers.json";

    /// <summary>The weights file of an encoder's folder, or the index of several.</summary>
    /// <exception cref="ModelFormatException">There is none, or one of another form.</exception>
    public static string FindWeights(string encoderFolder)
    {
        string[] forms = [WeightsFile, WeightsFile + ShardIndex.Suffix];
        if (forms.Select(file => Path.Combine(encoderFolder, file)).FirstOrDefault(File.Exists) is { } found)
            return found;
        var isPickled = File.Exists(Path.Combine(encoderFolder, "pytorch_model.bin"));
        throw new ModelFormatException(encoderFolder, $"no {WeightsFile}{(isPickled ? "; pickled weights (pytorch_model.bin) are not supported" : "")}");
    }

    /// <summary>Writes a folder aside, syncs it and puts it in its place.</summary>
    /// <param name="folder">The folder; replaced where it is there already.</param>
    /// <param name="modelCard">Content of README.md.</param>
    /// <param name="files">The other files, by path in the folder.</param>
    /// <param name="weights">The files of weights.</param>
    public static void Write(
        string folder,
        string modelCard,
        ImmutableSortedDictionary<string, byte[]> files,
        IReadOnlyList<SavedWeights> weights)
        => FolderReplacement.Write(folder, aside =>
        {
            foreach (var (file, content) in files.SetItem("README.md", Encoding.UTF8.GetBytes(modelCard)))
                File.WriteAllBytes(PathOf(aside, file), content);
            foreach (var file in weights)
                WriteWeights(PathOf(aside, file.Path), file);
        });

    private static string PathOf(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    private static void WriteWeights(string path, SavedWeights weights)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        SafetensorsWriter.Write(path, weights.Tensors.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.to(ScalarType.Float32))), weights.Metadata);
    }
}
