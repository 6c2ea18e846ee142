using System.Runtime.Intrinsics;

namespace Distributed.Training.Models;

/// <summary>
/// Random numbers by counting: the mask element at index i of a site is a hash of (key, site, i), whatever the order in which elements are
/// asked for and however wide the machine's vectors are. Nothing is stored to repeat a mask.
/// </summary>
internal readonly struct DropoutMask
{
    private const uint Multiplier1 = 0x7feb352d;
    private const uint Multiplier2 = 0x846ca68b;

    private readonly uint _first;
    private readonly uint _second;
    private readonly uint _threshold;
    private readonly float _scale;

    /// <param name="seed">Names the site: <see cref="DropoutSites"/>.</param>
    /// <param name="probability">Share of elements that become 0, 0 ≤ p &lt; 1.</param>
    public DropoutMask(ulong seed, double probability)
    {
        _first = (uint)seed;
        _second = (uint)(seed >> 32);
        _threshold = (uint)(probability * 4294967296.0);
        _scale = (float)(1 / (1 - probability));
    }

    /// <summary>The mask's elements from <paramref name="index"/> on: 0 where dropped, else 1 / (1 − p).</summary>
    public Vector256<float> At(uint index)
    {
        var counter = Vector256.Create(index) + Vector256<uint>.Indices;
        var random = Hash(Hash(counter ^ Vector256.Create(_first)) + Vector256.Create(_second));
        var kept = Vector256.GreaterThanOrEqual(random, Vector256.Create(_threshold));
        return Vector256.Create(_scale) & kept.AsSingle();
    }

    /// <summary>Writes the mask's elements from index 0 on.</summary>
    public void Fill(Span<float> mask)
    {
        var index = 0;
        for (; index <= mask.Length - Vector256<float>.Count; index += Vector256<float>.Count)
            At((uint)index).CopyTo(mask[index..]);
        if (index == mask.Length)
            return;
        Span<float> rest = stackalloc float[Vector256<float>.Count];
        At((uint)index).CopyTo(rest);
        rest[..(mask.Length - index)].CopyTo(mask[index..]);
    }

    /// <summary>Multiplies elements by the mask's, from index 0 on; their number is a multiple of 8.</summary>
    public unsafe void Multiply(float* elements, long count)
    {
        for (var i = 0L; i < count; i += Vector256<float>.Count)
            (Vector256.Load(elements + i) * At((uint)i)).Store(elements + i);
    }

    // A bijection of 32-bit numbers whose output bits each depend on all input bits: "lowbias32", found by C. Wellons' search (2018).
    private static Vector256<uint> Hash(Vector256<uint> x)
    {
        x ^= x >>> 16;
        x *= Vector256.Create(Multiplier1);
        x ^= x >>> 15;
        x *= Vector256.Create(Multiplier2);
        return x ^ (x >>> 16);
    }
}
