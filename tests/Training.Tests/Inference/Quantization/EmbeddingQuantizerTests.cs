using System.Runtime.InteropServices;
using Distributed.Training.Inference;
using Distributed.Training.Inference.Output;
using Distributed.Training.Inference.Quantization;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Inference.Quantization;

public sealed class EmbeddingQuantizerTests
{
    // sentence-transformers' own example: ranges [1, 4], [5, 20], [-60, -3]; -1 and 1 lie outside, and (15 - 5) / (15 / 255) = 170.
    [Theory]
    [InlineData(EmbeddingDtype.UInt8, new[] { 0, 170, 255 })]
    [InlineData(EmbeddingDtype.Int8, new[] { -128, 42, 127 })]
    public void Quantize_Bytes_AreStepsOfTheRangesAndEndThere(EmbeddingDtype dtype, int[] expected)
    {
        var ranges = new DimensionRanges(3);
        ranges.Add(new EmbeddingMatrix([1, 20, -3, 4, 5, -60], 3));

        var rows = EmbeddingQuantizer.Quantize(new EmbeddingMatrix([-1, 15, 1], 3), dtype, ranges);

        Assert.Equal((dtype == EmbeddingDtype.Int8 ? ElementType.Int8 : ElementType.UInt8, 3, 1), (rows.Type, rows.Columns, rows.Count));
        Assert.Equal(expected, rows.Data.ToArray().Select(value => dtype == EmbeddingDtype.Int8 ? (sbyte)value : (int)value));
    }

    // Range 0 to 255: a step is 1, and what lies between two steps goes down.
    [Fact]
    public void Quantize_BetweenSteps_GoesDown()
    {
        var ranges = new DimensionRanges(1);
        ranges.Add(new EmbeddingMatrix([0, 255], 1));

        var rows = EmbeddingQuantizer.Quantize(new EmbeddingMatrix([0, 0.99f, 1, 253.999f, 254, 255], 1), EmbeddingDtype.UInt8, ranges);

        Assert.Equal([0, 0, 1, 253, 254, 255], rows.Data.ToArray());
    }

    [Fact]
    public void Quantize_DimensionThatNeverVaries_IsStepsOfOne()
    {
        var ranges = new DimensionRanges(1);
        ranges.Add(new EmbeddingMatrix([0.5f, 0.5f], 1));

        Assert.Equal([0, 1, 0], EmbeddingQuantizer.Quantize(new EmbeddingMatrix([0.5f, 1.5f, -3], 1), EmbeddingDtype.UInt8, ranges).Data.ToArray());
    }

    // Bits 1010 0110 and 1: what is not above 0 is none, and the last byte is filled with zeros.
    [Theory]
    [InlineData(EmbeddingDtype.UBinary, new[] { 0xA6, 0x80 })]
    [InlineData(EmbeddingDtype.Binary, new[] { 0xA6 - 128, 0 })]
    public void Quantize_Bits_ArePackedFromTheHighest(EmbeddingDtype dtype, int[] expected)
    {
        var rows = EmbeddingQuantizer.Quantize(new EmbeddingMatrix([1, -1, 0.5f, 0, -0f, 1e-30f, 2, -5, 3], 9), dtype);

        Assert.Equal((2, 1), (rows.Columns, rows.Count));
        Assert.Equal(expected, rows.Data.ToArray().Select(value => dtype == EmbeddingDtype.Binary ? (sbyte)value : (int)value));
    }

    [Fact]
    public void Quantize_BinaryOfAllAndNone_AreTheEndsOfAByte() =>
        Assert.Equal([127, -128], EmbeddingQuantizer.Quantize(new EmbeddingMatrix([.. Enumerable.Repeat(1f, 8), .. Enumerable.Repeat(-1f, 8)], 8), EmbeddingDtype.Binary).Data.ToArray().Select(value => (int)(sbyte)value));

    // 1 + 2⁻¹¹ lies between 1 and 1 + 2⁻¹⁰: to the even one.
    [Fact]
    public void Quantize_Halves_AreRoundedToTheNearest()
    {
        var rows = EmbeddingQuantizer.Quantize(new EmbeddingMatrix([1, 1 + 1f / 2048, 1 + 3f / 2048, -65504], 4), EmbeddingDtype.Float16);

        Assert.Equal([(Half)1, (Half)1, (Half)(1 + 2f / 1024), (Half)(-65504)], MemoryMarshal.Cast<byte, Half>(rows.Data.Span).ToArray());
    }

    [Fact]
    public void Quantize_NumberThatHalvesLack_IsRefused() =>
        Assert.Contains("70000", Assert.Throws<InvalidDataException>(() => EmbeddingQuantizer.Quantize(new EmbeddingMatrix([70_000], 1), EmbeddingDtype.Float16)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(EmbeddingDtype.Int8, 9)]
    [InlineData(EmbeddingDtype.Binary, 2)]
    public void Quantize_NoRows_HasItsColumns(EmbeddingDtype dtype, int columns)
    {
        var rows = EmbeddingQuantizer.Quantize(new EmbeddingMatrix([], 9), dtype, new DimensionRanges(9));

        Assert.Equal((columns, 0), (rows.Columns, rows.Count));
    }

    [Fact]
    public void Quantize_Bytes_KeepTheOrderAndLieAStepAwayAtMost()
    {
        Prop.ForAll(Values(), values =>
        {
            var ranges = new DimensionRanges(1);
            ranges.Add(new EmbeddingMatrix(values, 1));
            var steps = EmbeddingQuantizer.Quantize(new EmbeddingMatrix(values, 1), EmbeddingDtype.UInt8, ranges).Data.ToArray();

            var step = (values.Max() - values.Min()) / 255.0;
            return values.Zip(steps).All(pair => step == 0 ? pair.Second == 0 : Math.Abs(pair.First - (values.Min() + pair.Second * step)) <= step * 1.001)
                && values.Zip(steps).OrderBy(pair => pair.First).Select(pair => pair.Second).Aggregate((IsUp: true, Last: 0), (state, next) => (state.IsUp && next >= state.Last, next)).IsUp;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Quantize_Windows_GiveTheBytesOfTheWhole()
    {
        Prop.ForAll(Values(), values =>
        {
            var matrix = new EmbeddingMatrix([.. values, .. values, .. values], 3);
            var ranges = new DimensionRanges(3);
            ranges.Add(matrix);
            var cut = values.Length / 2 * 3;
            return Enum.GetValues<EmbeddingDtype>().All(dtype => EmbeddingQuantizer.Quantize(matrix, dtype, ranges).Data.ToArray().SequenceEqual(
                new[] { matrix.Values[..cut], matrix.Values[cut..] }.SelectMany(part => EmbeddingQuantizer.Quantize(new EmbeddingMatrix(part, 3), dtype, ranges).Data.ToArray())));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Ranges_AnyOrderAndPieces_AreTheSame()
    {
        Prop.ForAll(Values(), values =>
        {
            var (whole, pieces) = (new DimensionRanges(1), new DimensionRanges(1));
            whole.Add(new EmbeddingMatrix(values, 1));
            foreach (var value in values.Reverse())
                pieces.Add(new EmbeddingMatrix([value], 1));
            return whole.Count == pieces.Count && whole.Least.SequenceEqual(pieces.Least) && whole.Most.SequenceEqual(pieces.Most) && whole.Least[0] == values.Min() && whole.Most[0] == values.Max();
        }).QuickCheckThrowOnFailure();
    }

    private static Arbitrary<float[]> Values() => Gen.Choose(-60_000, 60_000).Select(number => number / 997f).NonEmptyListOf().Select(list => list.ToArray()).ToArbitrary();
}
