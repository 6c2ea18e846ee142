using Distributed.Jobs.Losses;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Losses.Ranking;

/// <summary>Multiple-negatives ranking written plainly: whole matrices, every place judged by itself, gradients by autograd.</summary>
internal sealed class PlainRanking(RankingLossOptions options, EmbeddingBatch batch)
{
    private const double Rounding = 16 * 2.220446049250313e-16; // similarities this near are equal

    private static readonly RankingDirections[] Directions =
        [.. Enum.GetValues<RankingDirections>().Where(direction => direction is not RankingDirections.None)];

    /// <summary>The loss of the batch's columns, float64.</summary>
    public Tensor Loss(Tensor[] columns) => Loss(columns, tensor(options.Scale, float64));

    public Tensor Loss(Tensor[] columns, Tensor scale)
    {
        var texts = columns.Select(Direction).ToArray();
        var pair = (texts[0] * texts[1]).sum(1, keepdim: true) * scale;
        var softmaxes = Directions.Where(direction => options.Directions.HasFlag(direction)).Select(direction => (direction, Logits(direction, texts, scale))).ToList();
        if (options.Partition is SoftmaxPartition.Joint)
            return (cat([.. softmaxes.Select(softmax => softmax.Item2)], 1).logsumexp(1, keepdim: true) - pair).mean();

        return stack(softmaxes.Select(softmax => (HoldsPair(softmax.direction) ? softmax.Item2 : cat([softmax.Item2, pair], 1)).logsumexp(1, keepdim: true) - pair)).mean();
    }

    private static bool HoldsPair(RankingDirections direction) => direction is RankingDirections.QueryToDocument or RankingDirections.DocumentToQuery;

    private Tensor Direction(Tensor column) =>
        options.Similarity is Similarity.Cosine ? nn.functional.normalize(column, p: 2, dim: 1, eps: 1e-12) : column;

    private Tensor Logits(RankingDirections direction, Tensor[] texts, Tensor scale)
    {
        var row = direction is RankingDirections.QueryToDocument or RankingDirections.QueryToQuery ? 0 : 1;
        int[] documents = direction switch
        {
            RankingDirections.QueryToQuery or RankingDirections.DocumentToQuery => [0],
            RankingDirections.PositiveToPositive => [1],
            _ => [.. Enumerable.Range(1, texts.Length - 1)],
        };
        var parts = documents.Select(column => Block(direction, texts, row, column, texts[column], batch.TextHashes[column].AsSpan(), isMemory: false, scale)).ToList();
        if (direction is RankingDirections.QueryToDocument && batch.Memory is { } memory)
        {
            parts.AddRange(documents.Select(column =>
                Block(direction, texts, row, column, Direction(memory.Columns[column]), memory.TextHashes[column].AsSpan(), isMemory: true, scale)));
        }

        return cat(parts, 1);
    }

    private Tensor Block(
        RankingDirections direction, Tensor[] texts, int row, int column, Tensor documents, ReadOnlySpan<ulong> hashes, bool isMemory, Tensor scale)
    {
        var similarity = texts[row].mm(documents.t());
        var judged = Judge(texts, row, column, documents, isMemory);
        var excluded = new bool[batch.Rows, hashes.Length];
        var hardness = new double[batch.Rows, hashes.Length];
        for (var i = 0; i < batch.Rows; i++)
        {
            for (var j = 0; j < hashes.Length; j++)
            {
                var isOwn = i == j && !isMemory;
                var isPair = isOwn && (direction is RankingDirections.DocumentToQuery || (direction is RankingDirections.QueryToDocument && column == 1));
                excluded[i, j] = !isPair && (Excluded(direction, isOwn, hashes[j], i) || (judged is not null && judged[i, j].item<bool>()));
                hardness[i, j] = direction is RankingDirections.QueryToDocument && !isPair && IsHard(isOwn) ? options.HardnessStrength : 0;
            }
        }

        return ((similarity * scale) + (similarity.detach() * tensor(hardness))).masked_fill(tensor(excluded), double.NegativeInfinity);
    }

    private bool Excluded(RankingDirections direction, bool isOwn, ulong hash, int row) =>
        (isOwn && direction is not RankingDirections.QueryToDocument)
        || hash == 0
        || (options.MaskFalseNegatives && (hash == batch.TextHashes[0][row] || hash == batch.TextHashes[1][row]));

    private bool IsHard(bool isOwnNegative) => options.Hardness switch
    {
        HardnessMode.None => false,
        HardnessMode.All => true,
        HardnessMode.Hard => isOwnNegative,
        _ => !isOwnNegative,
    };

    private Tensor? Judge(Tensor[] texts, int row, int column, Tensor documents, bool isMemory)
    {
        if (options.ScoreMask is ScoreMask.None || (isMemory && !batch.Guides.IsEmpty))
            return null;

        var judges = batch.Guides.IsEmpty
            ? [.. texts.Select(text => text.detach())]
            : batch.Guides.Select(guide => nn.functional.normalize(guide, p: 2, dim: 1, eps: 1e-8)).ToArray();
        var pair = (judges[0] * judges[1]).sum(1, keepdim: true);
        var margin = options.ScoreMask is ScoreMask.Absolute ? full_like(pair, options.ScoreMaskMargin) : pair.abs() * options.ScoreMaskMargin;
        var tolerance = judges[0].norm(1, keepdim: true, p: 2f) * judges[1].norm(1, keepdim: true, p: 2f) * Rounding;
        return judges[row].mm((isMemory ? documents.detach() : judges[column]).t()).gt(pair - margin + tolerance);
    }
}
