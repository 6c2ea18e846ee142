using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Testing;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using static TorchSharp.torch;

namespace Distributed.ReferenceCheck;

/// <summary>
/// Loss and parameter gradient of one global batch in the model's dtype, through the product's encoder and loss, shard by shard. The trainer
/// works in float32; this is how float64 data, exact to twelve digits, is compared.
/// </summary>
internal static class ReferenceGradient
{
    /// <summary>The loss, and the gradient of each trainable parameter by name.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The global batch.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="shardCount">Logical shards.</param>
    /// <param name="prompts">What stands before the texts of each column; default: nothing.</param>
    public static (double Loss, IReadOnlyDictionary<string, Tensor> Gradient) Of(
        EmbeddingModel model, ImmutableArray<TrainingRow> rows, IEmbeddingLoss loss, int shardCount, ImmutableArray<string> prompts = default)
    {
        using var scope = NewDisposeScope();
        model.Encoder.zero_grad();
        var shards = LossRun.Shards(rows.Length, shardCount);
        var columns = rows[0].Texts.Length;
        var graphs = shards.Select(shard => EncodeShard(model, rows, shard, prompts)).ToList(); // each [shard rows × columns, dim]
        var batch = Batch(rows, shards, [.. graphs.Select(graph => graph.detach().view(-1, columns, model.Encoder.Dim))]);

        using var pass = loss.Over(batch);
        var statistics = cat([.. shards.Select(pass.Score)]);
        foreach (var (shard, graph) in shards.Zip(graphs))
            graph.backward([stack(pass.Gradient(statistics, shard), dim: 1).view(-1, model.Encoder.Dim)]);

        return (pass.Value(statistics), model.Encoder.named_parameters()
            .Where(entry => entry.parameter.requires_grad && entry.parameter.grad is not null)
            .ToDictionary(entry => entry.name, entry => entry.parameter.grad!.clone().MoveToOuterDisposeScope()));
    }

    private static Tensor EncodeShard(EmbeddingModel model, ImmutableArray<TrainingRow> rows, ShardRange shard, ImmutableArray<string> prompts)
    {
        var texts = rows[shard.Start..shard.End].SelectMany(row => row.Texts.Select((text, column) => (Text: text!, Prompt: prompts.IsDefaultOrEmpty ? "" : prompts[column]))).ToList();
        return model.Encoder.Encode(
            EncoderInput.From([.. texts.Select(text => model.Tokenize(text.Text, text.Prompt))], [.. texts.Select(text => model.TokensNotPooled(text.Prompt))]), dropout: null);
    }

    private static EmbeddingBatch Batch(ImmutableArray<TrainingRow> rows, ImmutableArray<ShardRange> shards, Tensor[] embeddings)
    {
        var all = cat(embeddings); // [rows, columns, dim]
        var columns = (int)all.shape[1];
        return new EmbeddingBatch
        {
            Columns = [.. Enumerable.Range(0, columns).Select(column => all.select(1, column).contiguous())],
            TextHashes = [.. Enumerable.Range(0, columns).Select(column => rows.Select((_, row) => 1UL + (ulong)(column * rows.Length) + (ulong)row).ToImmutableArray())],
            Labels = [.. rows.Select(row => row.Label)],
            Shards = shards,
        };
    }
}
