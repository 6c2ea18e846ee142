using System.Collections.Concurrent;
using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Endpoints;

/// <summary>The open streams. Opened and removed by the streams' own calls, written to by the run's loop.</summary>
internal sealed class WorkerConnections
{
    private readonly ConcurrentDictionary<long, WorkerConnection> _open = new();
    private long _last;

    public bool IsEmpty => _open.IsEmpty;

    public WorkerConnection Open()
    {
        var connection = new WorkerConnection(Interlocked.Increment(ref _last));
        _open[connection.Id] = connection;
        return connection;
    }

    public void Remove(WorkerConnection connection)
    {
        _open.TryRemove(connection.Id, out _);
        connection.Dispose();
    }

    /// <summary>Queues a notice. To a stream that is gone: nothing, its end is an event of its own.</summary>
    public void Send(long id, Notice notice)
    {
        if (_open.TryGetValue(id, out var connection))
            connection.Send(notice);
    }

    public void Close(long id, string reason)
    {
        if (_open.TryGetValue(id, out var connection))
            connection.Close(reason);
    }
}
