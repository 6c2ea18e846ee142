using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>A table of embeddings [entries, width], yet to be filled.</summary>
internal sealed class EmbeddingTable : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    public EmbeddingTable(int entries, int width)
        : base(nameof(EmbeddingTable))
    {
        _weight = Unfilled.Parameter(entries, width);
        RegisterComponents();
    }

    public Parameter Weight => _weight;

    /// <summary>The rows of these indices, [indices, width]. Those of <paramref name="untrained"/> pass no gradient on.</summary>
    public Tensor Rows(int[] indices, int? untrained, EncoderPass pass)
    {
        var places = pass.ToTensor(indices);
        var rows = _weight.index_select(0, places);
        return untrained is { } index && is_grad_enabled() && indices.Contains(index)
            ? where(places.eq(index).unsqueeze(1), rows.detach(), rows)
            : rows;
    }
}
