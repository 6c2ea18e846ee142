using Distributed.Training.Models;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Models.Encoders.PostNorm;

namespace Distributed.Training.Tests.Models.Families;

public sealed class RelativePositionsTests
{
    [Fact]
    public void Bucket_KeyBeforeQuery_StartsAtThePublishedDistances()
    {
        int[] firsts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91];

        for (var distance = 0; distance < 1000; distance++)
            Assert.Equal(firsts.Count(first => first <= distance) - 1, RelativePositions.Bucket(-distance));
    }

    [Fact]
    public void Bucket_KeyAfterQuery_IsInTheUpperHalf()
        => Assert.All(Enumerable.Range(1, 1000), distance => Assert.Equal(16 + RelativePositions.Bucket(-distance), RelativePositions.Bucket(distance)));

    [Fact]
    public void AfterPadding_TypedPadding_TakesItsRowAndDoesNotCount()
    {
        var input = EncoderInput.From([[0, 92, 225, 1, 461, 2], [0, 5, 2]]);

        Assert.Equal([2, 3, 4, 1, 5, 6, 2, 3, 4], TokenPlaces.AfterPadding(input, paddingId: 1));
    }
}
