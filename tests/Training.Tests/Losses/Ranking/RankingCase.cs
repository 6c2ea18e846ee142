using System.Collections.Immutable;
using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Ranking;

/// <summary>Options of any kind and a batch for them: with a guide, with a memory, with both, with neither.</summary>
internal sealed record RankingCase(RankingLossOptions Options, RandomBatch Drawn, bool HasGuide, int MemoryRows)
{
    private const RankingDirections Further =
        RankingDirections.QueryToQuery | RankingDirections.DocumentToQuery | RankingDirections.DocumentToDocument | RankingDirections.PositiveToPositive;

    public static Arbitrary<RankingCase> Any => (
        from options in AnyOptions
        from batch in RandomBatch.Any(4).Generator
        from guide in Gen.Elements(true, false)
        from memory in Gen.Elements(0, 0, 1, 9)
        select new RankingCase(options, batch, guide && options.ScoreMask is not ScoreMask.None, memory)).ToArbitrary();

    private static Gen<RankingLossOptions> AnyOptions =>
        from directions in Gen.Choose(0, 31)
        from partition in Gen.Elements(Enum.GetValues<SoftmaxPartition>())
        from similarity in Gen.Elements(Enum.GetValues<Similarity>())
        from hardness in Gen.Elements(Enum.GetValues<HardnessMode>())
        from scoreMask in Gen.Elements(Enum.GetValues<ScoreMask>())
        from margin in Gen.Elements(-0.1, 0, 0.2)
        from masksTexts in Gen.Elements(true, false)
        select new RankingLossOptions
        {
            Scale = similarity is Similarity.Cosine ? 20 : 1,
            Directions = RankingDirections.QueryToDocument | ((RankingDirections)directions & Further),
            Partition = partition,
            Similarity = similarity,
            Hardness = hardness,
            HardnessStrength = hardness is HardnessMode.None ? 0 : 5,
            ScoreMask = scoreMask,
            ScoreMaskMargin = margin,
            MaskFalseNegatives = masksTexts,
        };

    /// <summary>The batch, its numbers times <paramref name="size"/>.</summary>
    public EmbeddingBatch Build(ScalarType dtype, double size = 1)
    {
        var batch = Drawn.Build(dtype);
        var guide = (Drawn with { Seed = Drawn.Seed + 1 }).Build(dtype);
        var memory = (Drawn with { Seed = Drawn.Seed + 2, Rows = Math.Max(1, MemoryRows), Shards = 1 }).Build(dtype);
        return batch with
        {
            Columns = [.. batch.Columns.Select(column => column * size)],
            Guides = HasGuide ? guide.Columns : [],
            Memory = MemoryRows == 0 ? null : new EmbeddingMemory
            {
                Columns = [.. memory.Columns.Select(column => column * size)],
                TextHashes = [.. memory.TextHashes.Select((hashes, column) => Known(hashes, batch.TextHashes[column]))],
                Labels = memory.Labels,
            },
        };
    }

    // Some texts of the past are texts of the batch.
    private static ImmutableArray<ulong> Known(ImmutableArray<ulong> hashes, ImmutableArray<ulong> ofBatch) =>
        [.. hashes.Select((hash, row) => row % 4 == 1 && hash != 0 && ofBatch[row % ofBatch.Length] != 0 ? ofBatch[row % ofBatch.Length] : hash)];
}
