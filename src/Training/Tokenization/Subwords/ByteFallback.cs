namespace Distributed.Training.Tokenization.Subwords;

/// <summary>Pieces that stand for single bytes, <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
internal static class ByteFallback
{
    /// <summary>The ids of the 256 pieces, −1 where there is none.</summary>
    public static int[] Ids(Func<string, int?> find) => [.. Enumerable.Range(0, 256).Select(value => find($"<0x{value:X2}>") ?? -1)];

    /// <summary>Whether every byte has a piece.</summary>
    public static bool Covers(int[] ids, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (ids[value] < 0)
                return false;
        }

        return true;
    }
}
