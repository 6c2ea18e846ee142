namespace Distributed.Data.Sampling;

/// <summary>An order in which training rows are drawn: a pure function of the data, the job and the epoch, the same in every process.</summary>
internal interface ISampler
{
    /// <summary>Batches in each epoch; null where that differs from epoch to epoch.</summary>
    int? BatchesPerEpoch { get; }

    /// <summary>The batches of an epoch, from 0.</summary>
    EpochOrder Order(int epoch);
}
