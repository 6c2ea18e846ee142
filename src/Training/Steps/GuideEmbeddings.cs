using Distributed.Jobs;
using Distributed.Training.Models;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>A frozen model that judges the negatives of a loss (GISTEmbed, Solatorio 2024, arXiv 2402.16829): embeds the same texts, by its own tokens.</summary>
internal sealed class GuideEmbeddings(EmbeddingModel guide, Precision precision)
{
    /// <summary>Width of its embeddings.</summary>
    public int Dim => guide.Encoder.Dim;

    /// <summary>Writes its embeddings of the share into <paramref name="gathered"/>, [rows of the global batch, width of the layout].</summary>
    public void Encode(StepInput input, Tensor gathered, RowLayout layout)
    {
        using var withoutGraph = no_grad();
        foreach (var shard in input.Shards)
        {
            using var scope = NewDisposeScope();
            var slots = layout.Guides(gathered.narrow(0, shard.Rows.Start, shard.Rows.Count)); // [shard rows × columns, guide dim]
            foreach (var microBatch in shard.GuideMicroBatches)
            {
                using var microBatchScope = NewDisposeScope();
                var embeddings = guide.Encoder.Encode(microBatch.Tokens, dropout: null, precision).to(gathered.dtype);
                slots.index_copy_(0, tensor(microBatch.Slots, device: gathered.device), embeddings);
            }
        }
    }
}
