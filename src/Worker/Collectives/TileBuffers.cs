using System.Buffers;
using System.Collections.Immutable;

namespace Distributed.Worker.Collectives;

/// <summary>
/// Where peers' tiles wait to be added: per peer and tree node two tiles, so that one is received while another is added. Kept for a generation,
/// rented from the process's pool, so that a later generation gets the same pages.
/// </summary>
internal sealed class TileBuffers : IDisposable
{
    /// <summary>Tiles of one peer and node that can be there at the same time.</summary>
    public const int Depth = 2;

    private readonly ImmutableArray<float[][]> _byRank;

    /// <param name="rank">This rank, which needs none.</param>
    /// <param name="nodes">Tree nodes of each rank.</param>
    public TileBuffers(int rank, ImmutableArray<int> nodes) =>
        _byRank = [.. nodes.Select((count, r) => r == rank ? [] : Rent(count * Depth))];

    /// <summary>Place of tile <paramref name="tile"/> of one peer's node.</summary>
    public Memory<float> At(int rank, int node, long tile, int length)
    {
        var ofRank = _byRank[rank];
        int nodes = ofRank.Length / Depth;
        return ofRank[(int)(tile % Depth) * nodes + node].AsMemory(0, length);
    }

    public void Dispose()
    {
        foreach (float[] tile in _byRank.SelectMany(tiles => tiles))
            ArrayPool<float>.Shared.Return(tile);
    }

    private static float[][] Rent(int count) => [.. Enumerable.Range(0, count).Select(_ => ArrayPool<float>.Shared.Rent(Tiling.TileFloats))];
}
