using Distributed.Training.Losses.Triplets;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Triplets;

public sealed class HardestKernelTests
{
    [Fact]
    public void Find_AnyTiles_AreTheFirstOfTheHardest()
        => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), FindsTheFirstOfTheHardest).QuickCheckThrowOnFailure();

    private static bool FindsTheFirstOfTheHardest(int seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        var (rows, count, start) = (random.Next(1, 12), random.Next(1, 60), random.Next(0, 20));
        int[] labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(0, 4))];
        float[] order = [.. Enumerable.Range(0, rows * count).Select(_ => (float)random.Next(-5, 5))]; // many ties
        int[] own = [.. Enumerable.Range(0, rows).Select(row => start + row < count ? labels[start + row] : random.Next(0, 4))];
        var (farthest, nearest) = (HardestChoice.None(rows, float.NegativeInfinity), HardestChoice.None(rows, float.PositiveInfinity));

        // Two tiles, one after another.
        var cut = random.Next(0, count + 1);
        foreach (var (first, end) in (ReadOnlySpan<(int, int)>)[(0, cut), (cut, count)])
        {
            var tile = tensor(order, [rows, count]).narrow(1, first, end - first).contiguous();
            HardestKernel.Find(tile, own, labels.AsSpan(first, end - first), start - first, first, farthest, nearest);
        }

        return Enumerable.Range(0, rows).All(row =>
        {
            var places = Enumerable.Range(0, count).ToLookup(place => labels[place] == own[row]);
            var same = places[true].Where(place => place != start + row).OrderByDescending(place => order[(row * count) + place]).Cast<int?>().FirstOrDefault() ?? -1;
            var other = places[false].OrderBy(place => order[(row * count) + place]).Cast<int?>().FirstOrDefault() ?? -1;
            return farthest.Rows[row] == same && nearest.Rows[row] == other;
        });
    }
}
