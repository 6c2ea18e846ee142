using System.Collections.Immutable;
using Distributed.Data.Sampling;

namespace Distributed.Data.Planning;

/// <summary>Finds the batch of a step: remembers where epochs begin and the order of the newest ones. Thread-safe.</summary>
internal sealed class EpochCache(ISampler sampler)
{
    private const int KeptOrders = 2;

    // Under _lock.
    private readonly Lock _lock = new();
    private readonly List<long> _ends = [];
    private readonly Queue<(int Epoch, EpochOrder Order)> _orders = new();

    /// <summary>Steps of the first so many epochs.</summary>
    public long StepsOf(int epochs)
    {
        lock (_lock)
            return EndLocked(epochs - 1);
    }

    /// <summary>Epoch and rows of a step.</summary>
    public (int Epoch, ImmutableArray<int> Rows) Batch(long step)
    {
        lock (_lock)
        {
            var epoch = EpochLocked(step);
            return (epoch, OrderLocked(epoch).Batch((int)(step - EndLocked(epoch - 1))));
        }
    }

    private int EpochLocked(long step)
    {
        if (sampler.BatchesPerEpoch is { } batches)
            return checked((int)(step / batches));
        while (_ends.Count == 0 || _ends[^1] <= step)
            EndLocked(_ends.Count);
        var found = _ends.BinarySearch(step);
        return found >= 0 ? found + 1 : ~found;
    }

    private long EndLocked(int epoch)
    {
        if (sampler.BatchesPerEpoch is { } batches)
            return (epoch + 1L) * batches;
        while (_ends.Count <= epoch)
        {
            var count = OrderLocked(_ends.Count).BatchCount;
            if (count == 0)
                throw new JobConflictException($"epoch {_ends.Count} has no full batch: turn sampler.drop_last off or make batches smaller");
            _ends.Add((_ends.Count == 0 ? 0 : _ends[^1]) + count);
        }
        return epoch < 0 ? 0 : _ends[epoch];
    }

    private EpochOrder OrderLocked(int epoch)
    {
        foreach (var kept in _orders)
        {
            if (kept.Epoch == epoch)
                return kept.Order;
        }
        if (_orders.Count == KeptOrders)
            _orders.Dequeue();
        var order = sampler.Order(epoch);
        _orders.Enqueue((epoch, order));
        return order;
    }
}
