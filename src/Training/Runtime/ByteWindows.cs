namespace Distributed.Training.Runtime;

/// <summary>Cuts memory that may have more than 2 GiB into pieces that a span can have.</summary>
internal static class ByteWindows
{
    /// <summary>First byte and length of consecutive pieces of at most <paramref name="most"/> bytes, together <paramref name="bytes"/>.</summary>
    public static IEnumerable<(long Start, int Length)> Of(long bytes, int most)
    {
        for (long start = 0; start < bytes; start += most)
            yield return (start, (int)Math.Min(most, bytes - start));
    }
}
