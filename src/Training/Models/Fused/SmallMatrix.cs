using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Distributed.Training.Models.Fused;

/// <summary>
/// Products of matrices the size of one attention head of one text (5 to a few hundred rows), where calling a BLAS costs more than the
/// arithmetic. Row-major; strides in elements.
/// </summary>
internal static unsafe class SmallMatrix
{
    /// <summary>Columns are handled in blocks of this many.</summary>
    public const int ColumnBlock = 16;

    private const int RowBlock = 4;

    /// <summary>The next multiple of <see cref="ColumnBlock"/>.</summary>
    public static int Padded(int columns) => (columns + ColumnBlock - 1) & -ColumnBlock;

    /// <summary>
    /// c = a b, where element (i, k) of a stands at a[i · aRow + k · aColumn]: aRow = 1 takes a transposed.
    /// </summary>
    /// <param name="a">[rows, inner].</param>
    /// <param name="aRow">Distance of a's rows.</param>
    /// <param name="aColumn">Distance of a's columns.</param>
    /// <param name="b">[inner, columns].</param>
    /// <param name="bRow">Distance of b's rows.</param>
    /// <param name="c">[rows, columns]; overwritten.</param>
    /// <param name="cRow">Distance of c's rows.</param>
    /// <param name="rows">Rows of a and c.</param>
    /// <param name="inner">Columns of a, rows of b.</param>
    /// <param name="columns">Columns of b and c, a multiple of <see cref="ColumnBlock"/>.</param>
    public static void Multiply(
        float* a, int aRow, int aColumn, float* b, int bRow, float* c, int cRow, int rows, int inner, int columns)
    {
        for (var column = 0; column < columns; column += ColumnBlock)
        {
            // The last block of rows is moved up to fit, so some rows are computed twice, with the same result.
            for (var row = 0; row < rows - RowBlock + 1; row += RowBlock)
                MultiplyRows(a + row * aRow, aRow, aColumn, b + column, bRow, c + row * cRow + column, cRow, inner);
            if (rows % RowBlock == 0)
                continue;
            if (rows > RowBlock)
                MultiplyRows(a + (rows - RowBlock) * aRow, aRow, aColumn, b + column, bRow, c + (rows - RowBlock) * cRow + column, cRow, inner);
            else
                MultiplyFewRows(a, aRow, aColumn, b + column, bRow, c + column, cRow, rows, inner);
        }
    }

    /// <summary>b[j, i] = a[i, j] for a [rows, columns]; b's rows are padded with zeros up to <paramref name="bRow"/>.</summary>
    public static void Transpose(float* a, int aRow, float* b, int bRow, int rows, int columns)
    {
        for (var column = 0; column < columns; column++)
        {
            var target = b + column * bRow;
            for (var row = 0; row < rows; row++)
                target[row] = a[row * aRow + column];
            new Span<float>(target + rows, bRow - rows).Clear();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyRows(float* a, int aRow, int aColumn, float* b, int bRow, float* c, int cRow, int inner)
    {
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default;
        Vector256<float> c20 = default, c21 = default, c30 = default, c31 = default;
        for (var k = 0; k < inner; k++, a += aColumn, b += bRow)
        {
            var (b0, b1) = (Vector256.Load(b), Vector256.Load(b + 8));
            var a0 = Vector256.Create(a[0]);
            (c00, c01) = (Vector256.FusedMultiplyAdd(a0, b0, c00), Vector256.FusedMultiplyAdd(a0, b1, c01));
            var a1 = Vector256.Create(a[aRow]);
            (c10, c11) = (Vector256.FusedMultiplyAdd(a1, b0, c10), Vector256.FusedMultiplyAdd(a1, b1, c11));
            var a2 = Vector256.Create(a[2 * aRow]);
            (c20, c21) = (Vector256.FusedMultiplyAdd(a2, b0, c20), Vector256.FusedMultiplyAdd(a2, b1, c21));
            var a3 = Vector256.Create(a[3 * aRow]);
            (c30, c31) = (Vector256.FusedMultiplyAdd(a3, b0, c30), Vector256.FusedMultiplyAdd(a3, b1, c31));
        }

        Store(c, c00, c01);
        Store(c + cRow, c10, c11);
        Store(c + 2 * cRow, c20, c21);
        Store(c + 3 * cRow, c30, c31);
    }

    private static void MultiplyFewRows(float* a, int aRow, int aColumn, float* b, int bRow, float* c, int cRow, int rows, int inner)
    {
        for (var row = 0; row < rows; row++)
        {
            Vector256<float> c0 = default, c1 = default;
            for (var k = 0; k < inner; k++)
            {
                var element = Vector256.Create(a[row * aRow + k * aColumn]);
                c0 = Vector256.FusedMultiplyAdd(element, Vector256.Load(b + k * bRow), c0);
                c1 = Vector256.FusedMultiplyAdd(element, Vector256.Load(b + k * bRow + 8), c1);
            }

            Store(c + row * cRow, c0, c1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, Vector256<float> low, Vector256<float> high)
    {
        low.Store(c);
        high.Store(c + 8);
    }
}
