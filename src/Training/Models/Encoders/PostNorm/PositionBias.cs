using Distributed.Training.Models.Fused;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.PostNorm;

/// <summary>What the relative positions of key and query add to the attention's scores in one pass: the same in all layers.</summary>
internal sealed class PositionBias
{
    private readonly Dictionary<int, Tensor> _byLength = [];

    /// <param name="table">[buckets, heads].</param>
    /// <param name="pass">The pass.</param>
    public PositionBias(EmbeddingTable table, EncoderPass pass)
    {
        var lengths = pass.Input.Groups.Select(group => group.Length).Distinct().ToArray();
        if (pass.IsFused)
            Fused = new RelativeBias(table.Weight, RelativePositions.OfLength(lengths.Max()));
        else
            _byLength = lengths.ToDictionary(length => length, length => Expand(table, length, pass));
    }

    /// <summary>The bias for the kernels, if they run.</summary>
    public RelativeBias? Fused { get; }

    /// <summary>For texts of this length: [heads, length, length], with a graph.</summary>
    public Tensor Of(int length) => _byLength[length];

    private static Tensor Expand(EmbeddingTable table, int length, EncoderPass pass)
    {
        var buckets = RelativePositions.OfLength(length);
        var ids = new int[length * length];
        for (var query = 0; query < length; query++)
            Array.Copy(buckets, length - 1 - query, ids, query * length, length); // keys 0, 1, …: offsets −query, 1 − query, …
        using var scope = NewDisposeScope();
        return table.Rows(ids, untrained: null, pass).view(length, length, -1).permute(2, 0, 1).MoveToOuterDisposeScope();
    }
}
