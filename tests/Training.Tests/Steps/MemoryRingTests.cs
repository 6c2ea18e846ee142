using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using Distributed.Training.Steps;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Steps;

public sealed class MemoryRingTests
{
    private const int Dim = 3;

    [Fact]
    public void Offer_AnyBatches_IsTheNewestRowsOfCommittedOnesOldestFirst() =>
        Prop.ForAll(Gen.Choose(1, 12).ListOf(7).ToArbitrary(), Gen.Choose(1, 20).ToArbitrary(), (sizes, capacity) =>
        {
            using var scope = NewDisposeScope();
            using var ring = Ring(capacity);
            var all = new List<int>();
            foreach (var (batch, size) in sizes.Index())
            {
                var rows = Enumerable.Range(100 * batch, size).ToArray();
                ring.Stage(Batch(rows));
                if (batch % 3 == 2)
                {
                    ring.Drop();
                    continue;
                }

                ring.Commit();
                all.AddRange(rows);
            }

            var newest = all.TakeLast(capacity).ToArray();
            var offered = ring.Offer(step: 0)!;
            return offered.Rows == newest.Length
                && offered.Labels.SequenceEqual(newest)
                && offered.TextHashes[1].SequenceEqual(newest.Select(row => Hash(row, 1)))
                && offered.Columns[1].select(1, 2).to(int32).contiguous().data<int>().SequenceEqual(newest.Select(row => (int)Value(row, 1, 2)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Offer_BeforeTheFirstStepOrWithoutRows_IsNothing()
    {
        using var scope = NewDisposeScope();
        using var ring = Ring(capacity: 5, fromStep: 2);

        Assert.Null(ring.Offer(step: 9));
        ring.Stage(Batch(1, 2));
        Assert.Null(ring.Offer(step: 9));
        ring.Commit();
        Assert.Null(ring.Offer(step: 1));
        Assert.Equal(2, ring.Offer(step: 2)!.Rows);
    }

    [Fact]
    public void Import_WhatAnotherExported_OffersTheSameAndGoesOnAlike()
    {
        using var scope = NewDisposeScope();
        using var original = Ring(capacity: 5);
        using var joiner = Ring(capacity: 5);
        original.Stage(Batch(1, 2, 3, 4));
        original.Commit();
        joiner.Stage(Batch(8)); // of a step that will never be decided here

        var state = Export(original);
        joiner.Import(state);
        foreach (var ring in (MemoryRing[])[original, joiner])
        {
            ring.Stage(Batch(5, 6, 7));
            ring.Commit();
        }

        Assert.Equal([3, 4, 5, 6, 7], joiner.Offer(0)!.Labels);
        Assert.NotEqual(state, Export(joiner));
        Assert.Equal(Export(original), Export(joiner));
    }

    private static MemoryRing Ring(int capacity, int fromStep = 0) =>
        new("pairs", new MemoryOptions { Rows = capacity, FromStep = fromStep }, new RowLayout(Columns: 2, Dim, GuideDim: 0));

    private static byte[] Export(MemoryRing ring)
    {
        var state = new byte[ring.Layout.Bytes];
        ring.Export(state);
        return state;
    }

    private static EmbeddingBatch Batch(params int[] rows) => new()
    {
        Columns = [.. Enumerable.Range(0, 2).Select(column => tensor(
            [.. rows.SelectMany(row => Enumerable.Range(0, Dim).Select(place => Value(row, column, place)))]).view(-1, Dim))],
        TextHashes = [.. Enumerable.Range(0, 2).Select(column => rows.Select(row => Hash(row, column)).ToImmutableArray())],
        Labels = [.. rows],
        Shards = [new ShardRange(0, rows.Length)],
    };

    private static float Value(int row, int column, int place) => (10 * row) + (5 * column) + place;

    private static ulong Hash(int row, int column) => ulong.MaxValue - (ulong)((2 * row) + column);
}
