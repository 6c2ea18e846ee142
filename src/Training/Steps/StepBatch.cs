using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Training.Losses;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>A step's gathered embeddings as losses see them: a tensor a column, with hashes, labels and scores of the rows.</summary>
internal sealed class StepBatch : IDisposable
{
    /// <param name="plan">The global batch.</param>
    /// <param name="set">The training set.</param>
    /// <param name="textHashes">Hashes of its texts.</param>
    /// <param name="dataset">The loss, and how its rows were gathered.</param>
    /// <param name="gathered">The exchanged rows, [rows, width].</param>
    /// <param name="pool">Where the loss takes large tensors from.</param>
    public StepBatch(StepPlan plan, TrainingSet set, TextHashes textHashes, DatasetLoss dataset, Tensor gathered, TensorPool pool)
    {
        using var scope = NewDisposeScope();
        var (layout, columns) = (dataset.Rows, Enumerable.Range(0, dataset.Rows.Columns));
        var (embeddings, guides) = (layout.Embeddings(gathered), layout.Guides(gathered));
        Embeddings = new EmbeddingBatch
        {
            Columns = [.. columns.Select(column => layout.Column(embeddings, column).DetachFromDisposeScope())],
            Guides = dataset.Guide is null ? [] : [.. columns.Select(column => layout.Column(guides, column).DetachFromDisposeScope())],
            TextHashes = textHashes.Of(plan),
            Labels = [.. plan.Rows.Select(row => set.Rows[row].Label)],
            Scores = float.IsNaN(set.Rows[plan.Rows[0]].Score) ? [] : [.. plan.Rows.Select(row => set.Rows[row].Score)],
            Memory = Detached(dataset.Memory?.Offer(plan.Step)),
            Shards = plan.Shards,
            Pool = pool,
        };
    }

    public EmbeddingBatch Embeddings { get; }

    public void Dispose()
    {
        foreach (var column in Embeddings.Columns.Concat(Embeddings.Guides).Concat(Embeddings.Memory?.Columns ?? []))
            column.Dispose();
    }

    private static EmbeddingMemory? Detached(EmbeddingMemory? memory)
    {
        foreach (var column in memory?.Columns ?? [])
            column.DetachFromDisposeScope();
        return memory;
    }
}
