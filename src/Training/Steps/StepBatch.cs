using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Training.Losses;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>A step's gathered embeddings as losses see them: a tensor a column, with hashes and labels of the rows.</summary>
internal sealed class StepBatch : IDisposable
{
    /// <param name="plan">The global batch.</param>
    /// <param name="set">The training set.</param>
    /// <param name="textHashes">Hashes of its texts.</param>
    /// <param name="gathered">Embeddings of all rows, [rows, columns × dim].</param>
    public StepBatch(StepPlan plan, TrainingSet set, TextHashes textHashes, Tensor gathered)
    {
        using var scope = NewDisposeScope();
        Embeddings = new EmbeddingBatch
        {
            Columns = [.. gathered.split(gathered.size(1) / set.ColumnCount, dim: 1).Select(column => column.clone().DetachFromDisposeScope())],
            TextHashes = textHashes.Of(plan),
            Labels = [.. plan.Rows.Select(row => set.Rows[row].Label)],
            Scores = float.IsNaN(set.Rows[plan.Rows[0]].Score) ? [] : [.. plan.Rows.Select(row => set.Rows[row].Score)],
            Shards = plan.Shards,
        };
    }

    public EmbeddingBatch Embeddings { get; }

    public void Dispose()
    {
        foreach (var column in Embeddings.Columns)
            column.Dispose();
    }
}
