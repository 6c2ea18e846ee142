using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Distributed.Training.Evaluation;

/// <summary>
/// Dot products of <see cref="Queries"/> queries with the <see cref="EntryPanels.Width"/> entries of a panel. Each product is one chain of fused
/// multiply-adds from the first component to the last, in a lane of its own: <c>s ← fma(q[k], e[k], s)</c>. So its bits depend on the two vectors
/// alone, not on their neighbours, on how the corpus is cut, on the width of the machine's registers or on who computes it.
/// </summary>
internal static class PanelProduct
{
    /// <summary>Queries of a block. Six times two accumulators keep both multiply-add units busy and fit into sixteen registers.</summary>
    public const int Queries = 6;

    private static readonly int Lanes = Vector256<float>.Count;

    /// <summary>The product of one query and one entry, with the bits that <see cref="Multiply"/> gives it.</summary>
    public static float Of(ReadOnlySpan<float> query, ReadOnlySpan<float> entry)
    {
        var sum = 0f;
        for (var k = 0; k < query.Length; k++)
            sum = MathF.FusedMultiplyAdd(query[k], entry[k], sum);
        return sum;
    }

    /// <summary>Fills <paramref name="scores"/>, [<see cref="Queries"/>, <see cref="EntryPanels.Width"/>].</summary>
    /// <param name="block">Queries, [<see cref="Queries"/>, dim].</param>
    /// <param name="panel">[dim, <see cref="EntryPanels.Width"/>].</param>
    /// <param name="scores">Receives the products.</param>
    public static void Multiply(ReadOnlySpan<float> block, ReadOnlySpan<float> panel, Span<float> scores)
    {
        var dim = (nuint)(panel.Length / EntryPanels.Width);
        ref var query = ref MemoryMarshal.GetReference(block);
        ref var entry = ref MemoryMarshal.GetReference(panel);
        Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        Vector256<float> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;

        for (nuint k = 0; k < dim; k++)
        {
            var left = Vector256.LoadUnsafe(ref entry);
            var right = Vector256.LoadUnsafe(ref entry, (nuint)Vector256<float>.Count);
            entry = ref Unsafe.Add(ref entry, EntryPanels.Width);

            Accumulate(ref s00, ref s01, Unsafe.Add(ref query, k), left, right);
            Accumulate(ref s10, ref s11, Unsafe.Add(ref query, dim + k), left, right);
            Accumulate(ref s20, ref s21, Unsafe.Add(ref query, 2 * dim + k), left, right);
            Accumulate(ref s30, ref s31, Unsafe.Add(ref query, 3 * dim + k), left, right);
            Accumulate(ref s40, ref s41, Unsafe.Add(ref query, 4 * dim + k), left, right);
            Accumulate(ref s50, ref s51, Unsafe.Add(ref query, 5 * dim + k), left, right);
        }

        Store(s00, s01, scores, 0);
        Store(s10, s11, scores, 1);
        Store(s20, s21, scores, 2);
        Store(s30, s31, scores, 3);
        Store(s40, s41, scores, 4);
        Store(s50, s51, scores, 5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(ref Vector256<float> low, ref Vector256<float> high, float component, Vector256<float> left, Vector256<float> right)
    {
        var broadcast = Vector256.Create(component);
        low = Vector256.FusedMultiplyAdd(broadcast, left, low);
        high = Vector256.FusedMultiplyAdd(broadcast, right, high);
    }

    private static void Store(Vector256<float> low, Vector256<float> high, Span<float> scores, int query)
    {
        low.CopyTo(scores[(query * EntryPanels.Width)..]);
        high.CopyTo(scores[(query * EntryPanels.Width + Lanes)..]);
    }
}
