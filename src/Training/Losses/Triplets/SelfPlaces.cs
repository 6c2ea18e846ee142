using Distributed.Data.Planning;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary>Where rows meet themselves in a tile of pairs.</summary>
internal static class SelfPlaces
{
    /// <summary>Sets these places of a tile [rows, others].</summary>
    public static void Fill(Tensor tile, ShardRange rows, ShardRange others, Scalar value)
    {
        var start = Math.Max(rows.Start, others.Start);
        var count = Math.Min(rows.End, others.End) - start;
        if (count > 0)
            tile.narrow(0, start - rows.Start, count).narrow(1, start - others.Start, count).diagonal().fill_(value);
    }
}
