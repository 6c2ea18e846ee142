using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.ModernBert;

/// <summary>
/// Rotary positions (Su et al. 2021, arXiv 2104.09864): the elements i and i + headSize / 2 of a query or key at place p are turned together by the angle
/// p / theta^(2i / headSize).
/// </summary>
/// <param name="Cosine">[places, headSize].</param>
/// <param name="Sine">[places, headSize].</param>
internal sealed record RotaryTable(Tensor Cosine, Tensor Sine)
{
    /// <summary>The table of the first places. Its angles are float32 numbers whatever the encoder is, as they were when published models were trained.</summary>
    public static RotaryTable Compute(int places, int headSize, double theta)
    {
        using var scope = NewDisposeScope();
        var exponents = arange(0, headSize, 2, ScalarType.Float32) / headSize;
        var frequencies = pow((float)theta, exponents).reciprocal();
        var angles = outer(arange(0, places, 1, ScalarType.Float32), frequencies); // [places, headSize / 2]
        var both = cat([angles, angles], 1);
        return new RotaryTable(both.cos().MoveToOuterDisposeScope(), both.sin().MoveToOuterDisposeScope());
    }

    /// <summary>The same in another type on another device.</summary>
    public RotaryTable To(ScalarType type, Device device) => new(Cosine.to(type, device), Sine.to(type, device));

    /// <summary>Turns queries or keys [texts, heads, length, headSize].</summary>
    public Tensor Rotate(Tensor states)
    {
        using var scope = NewDisposeScope();
        var (length, half) = (states.shape[2], states.shape[3] / 2);
        var turned = cat([-states.narrow(3, half, half), states.narrow(3, 0, half)], 3);
        return (states * Cosine.narrow(0, 0, length) + turned * Sine.narrow(0, 0, length)).MoveToOuterDisposeScope();
    }
}
