using Distributed.Training.Models.Encoders;
using Distributed.Training.Safetensors;

namespace Distributed.Training.Models.Folders;

/// <summary>
/// Compares the shape that config.json describes with the size of the weights, before an encoder of that shape is allocated: what is allocated is
/// bounded by what is on disk.
/// </summary>
internal static class EncoderSize
{
    // Published encoders have up to 48.
    private const int MaxLayers = 1024;

    // The narrowest numbers that weights are stored in.
    private const int BytesPerWeight = 2;

    /// <summary>Refuses a shape that needs more weights than are stored.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="configPath">The file that it is from.</param>
    /// <param name="weightsPath">The file of weights, whose header is read.</param>
    /// <exception cref="ModelFormatException">It does, or the weights are no safetensors file.</exception>
    public static void Check(EncoderConfig config, string configPath, string weightsPath)
    {
        if (config.Layers > MaxLayers)
            throw new ModelFormatException(configPath, $"it describes an encoder of {config.Layers} layers, more than {MaxLayers}");
        var (needed, stored) = (FewestWeights(config) * BytesPerWeight, StoredBytes(weightsPath));
        if (needed > stored)
            throw new ModelFormatException(configPath, $"it describes an encoder of at least {needed:0} bytes, the weights that are stored have {stored}");
    }

    // Embeddings, and in each layer four maps of attention and two of the feed-forward sublayer.
    private static double FewestWeights(EncoderConfig config)
    {
        double hidden = config.HiddenSize;
        var tables = config.VocabularySize + (config is BertConfig bert ? (double)bert.MaxPositions + bert.TokenTypes : 0);
        return (tables * hidden) + (config.Layers * ((4 * hidden * hidden) + (2 * hidden * config.IntermediateSize)));
    }

    private static long StoredBytes(string path)
    {
        try
        {
            using var reader = SafetensorsReader.Open(path);
            return reader.Tensors.Sum(tensor => tensor.ByteCount);
        }
        catch (SafetensorsException failure)
        {
            throw new ModelFormatException(path, failure.Reason, failure);
        }
    }
}
