using Distributed.Jobs;

namespace Distributed.Training.Models.Adapters;

/// <summary>What all adapters of a model have in common: the part of adapter_config.json that matters for their arithmetic.</summary>
/// <param name="Rank">Rows of A, columns of B.</param>
/// <param name="Alpha">Numerator of the scale.</param>
/// <param name="Dropout">Dropout probability of an adapter's input.</param>
/// <param name="UseRslora">Whether the scale is alpha / √rank.</param>
internal sealed record LoraConfig(int Rank, double Alpha, double Dropout, bool UseRslora)
{
    /// <summary>s.</summary>
    public double Scale => Alpha / (UseRslora ? Math.Sqrt(Rank) : Rank);

    /// <summary>What a job asks for.</summary>
    public static LoraConfig Of(LoraOptions options) => new(options.Rank, options.Alpha, options.Dropout, options.UseRslora);
}
