using Distributed.Data.Planning;
using Distributed.Jobs;
using Distributed.Training.Losses;
using Distributed.Training.Models;
using static TorchSharp.torch;

namespace Distributed.Training.Steps;

/// <summary>The loss of one dataset, and what it needs beside the batch's embeddings.</summary>
internal sealed class DatasetLoss : IDisposable
{
    /// <param name="dataset">The dataset.</param>
    /// <param name="columns">Texts of its rows.</param>
    /// <param name="loss">Its loss.</param>
    /// <param name="encoder">The encoder that is trained.</param>
    /// <param name="guides">The job's guides.</param>
    /// <param name="precision">Arithmetic of the guide.</param>
    public DatasetLoss(DatasetOptions dataset, int columns, IEmbeddingLoss loss, SentenceEncoder encoder, GuideModels guides, Precision precision)
    {
        Name = dataset.Name;
        Loss = loss;
        Guide = guides.Of(dataset.Loss) is { } guide ? new GuideEmbeddings(guide, precision) : null;
        Rows = new RowLayout(columns, encoder.Dim, Guide?.Dim ?? 0);
        Memory = dataset.Loss.Memory is { } memory ? new MemoryRing(dataset.Name, memory, Rows) : null;
    }

    /// <summary>The dataset's name.</summary>
    public string Name { get; }

    public IEmbeddingLoss Loss { get; }

    /// <summary>How its rows are exchanged.</summary>
    public RowLayout Rows { get; }

    /// <summary>Judges negatives; null: nothing does.</summary>
    public GuideEmbeddings? Guide { get; }

    /// <summary>Embeddings of past steps; null: none are kept.</summary>
    public MemoryRing? Memory { get; }

    /// <summary>Adds a shard's share of the gradient of the loss's own parameters to their gradient buffers.</summary>
    public void Backward(ILossPass pass, Tensor statistics, ShardRange shard)
    {
        using var withoutGraph = no_grad();
        using var scope = NewDisposeScope();
        var gradients = pass.ParameterGradient(statistics, shard);
        if (gradients.Length != Loss.Parameters.Count)
            throw new InvalidOperationException($"{Loss.GetType().Name} has {Loss.Parameters.Count} parameters and gives gradients of {gradients.Length}.");
        foreach (var (parameter, gradient) in Loss.Parameters.Zip(gradients))
            parameter.Value.grad!.add_(gradient);
    }

    public void Dispose()
    {
        Memory?.Dispose();
        foreach (var (_, value) in Loss.Parameters)
            value.Dispose();
        (Loss as IDisposable)?.Dispose();
    }
}
