using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>A table of embeddings [entries, width]. Zero until filled.</summary>
internal sealed class EmbeddingTable : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    public EmbeddingTable(int entries, int width)
        : base(nameof(EmbeddingTable))
    {
        _weight = new Parameter(zeros(entries, width));
        RegisterComponents();
    }

    public Parameter Weight => _weight;
}
