using System.Runtime.Intrinsics;
using Distributed.Training.Models.Fused;

namespace Distributed.Training.Tests.Models;

public sealed class FastExpTests
{
    private const double RelativeTolerance = 2e-7;

    [Fact]
    public void OfNegative_DownToItsLimit_IsExactToFloat32()
    {
        for (var x = 0.0f; x > -86.9f; x -= 0.00317f)
        {
            var expected = Math.Exp(x);
            Assert.InRange(FastExp.OfNegative(Vector256.Create(x))[3] / expected - 1, -RelativeTolerance, RelativeTolerance);
        }
    }

    [Fact]
    public void OfNegative_BelowItsLimit_IsZero()
        => Assert.Equal(Vector256<float>.Zero, FastExp.OfNegative(Vector256.Create(-87.5f, -100, -1e10f, float.NegativeInfinity, -87.5f, -88, -500, -1e30f)));
}
