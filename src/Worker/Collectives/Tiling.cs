namespace Distributed.Worker.Collectives;

/// <summary>How a long buffer is cut into frames: pieces of at most 1 MB, which stay in the cache while they are hashed, copied and added.</summary>
internal static class Tiling
{
    /// <summary>Bytes of a full tile.</summary>
    public const int TileBytes = 1 << 20;

    /// <summary>Floats of a full tile.</summary>
    public const int TileFloats = TileBytes / sizeof(float);

    private const int SliceAlignment = 16; // floats: 64 bytes, a vector register and a cache line

    /// <summary>Number of tiles that <paramref name="length"/> elements make.</summary>
    public static long Count(long length, int tile) => (length + tile - 1) / tile;

    /// <summary>Elements of the tile that starts at <paramref name="start"/> of <paramref name="length"/>.</summary>
    public static int LengthAt(long start, long length, int tile) => (int)Math.Min(tile, length - start);

    /// <summary>First float of a rank's slice of a sum: equal slices but for alignment; <paramref name="rank"/> = worldSize gives the end.</summary>
    public static int SliceStart(int rank, int worldSize, int floats)
    {
        if (rank == worldSize)
            return floats;
        long start = (long)floats * rank / worldSize;
        return (int)(start / SliceAlignment * SliceAlignment);
    }
}
