namespace Distributed.Training.Models.Encoders.PostNorm;

/// <summary>
/// Buckets of the distance between key and query (Raffel et al. 2019, arXiv 1910.10683): near distances have one each, far ones share theirs, wider and
/// wider; all beyond the largest share the last.
/// </summary>
internal static class RelativePositions
{
    /// <summary>Number of buckets.</summary>
    public const int Buckets = 32;

    private const int BucketsOfASide = Buckets / 2;
    private const int Exact = BucketsOfASide / 2;
    private const int LargestDistance = 128;

    /// <summary>The bucket of key − query: the lower half for keys before the query and itself, the upper half for keys after it.</summary>
    public static int Bucket(int offset)
    {
        var distance = Math.Abs(offset);
        var bucket = distance < Exact
            ? distance
            : Math.Min(Exact + (int)(Math.Log(distance / (double)Exact) / Math.Log(LargestDistance / (double)Exact) * (BucketsOfASide - Exact)), BucketsOfASide - 1);
        return offset > 0 ? BucketsOfASide + bucket : bucket;
    }

    /// <summary>The buckets of the offsets −(length − 1) to length − 1.</summary>
    public static int[] OfLength(int length) => [.. Enumerable.Range(1 - length, 2 * length - 1).Select(Bucket)];
}
