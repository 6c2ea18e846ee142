using Distributed.Training.Models.Encoders;

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
    /// <param name="weightBytes">Bytes of the stored weights.</param>
    /// <exception cref="ModelFormatException">It does.</exception>
    public static void Check(EncoderConfig config, string configPath, long weightBytes)
    {
        if (config.Layers > MaxLayers)
            throw new ModelFormatException(configPath, $"it describes an encoder of {config.Layers} layers, more than {MaxLayers}");
        if (config.FewestWeights * BytesPerWeight > weightBytes)
        {
            throw new ModelFormatException(
                configPath, $"it describes an encoder of at least {config.FewestWeights:0} weights, those that are stored have {weightBytes} bytes");
        }
    }
}
