using Distributed.Training.Models.Encoders;

namespace Distributed.Training.Models.Folders;

/// <summary>
/// Compares the shape that config.json describes with the size of the weights, before an encoder of that shape is allocated: what is allocated is
/// bounded by what is on disk.
/// </summary>
internal static class EncoderSize
{
    // The narrowest numbers that weights are stored in.
    private const int BytesPerWeight = 2;

    /// <exception cref="ModelFormatException">The weights are too few.</exception>
    public static void Check(EncoderConfig config, string configPath, long weightBytes)
    {
        if (config.FewestWeights * BytesPerWeight > weightBytes)
        {
            throw new ModelFormatException(
                configPath, $"it describes an encoder of at least {config.FewestWeights:0} weights, the weights' files have {weightBytes} bytes");
        }
    }
}
