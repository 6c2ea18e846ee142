using System.Collections.Immutable;

namespace Distributed.Training.Collectives;

/// <summary>Where the ranks of one process meet. Thread-safe.</summary>
internal sealed class LoopbackWorld(int worldSize)
{
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private readonly object?[] _arrivals = new object?[worldSize];
    private string _operation = "";
    private int _arrived;
    private TaskCompletionSource _meeting = NewMeeting();
    private CollectiveAbortedException? _aborted;

    /// <summary>Returns when every rank has come with the same operation and <paramref name="work"/> was done once, over what all ranks brought.</summary>
    public async ValueTask MeetAsync<T>(
        int rank, string operation, T brought, Action<ImmutableArray<T>> work, CancellationToken cancellationToken)
        where T : notnull
    {
        using var cancellation = cancellationToken.UnsafeRegister(_ => Abort(rank, $"rank {rank} was cancelled", null), null);
        cancellationToken.ThrowIfCancellationRequested();

        var (meeting, isLast) = Arrive(rank, operation, brought);
        if (isLast)
            Complete(rank, work);
        try
        {
            await meeting.Task;
        }
        catch (CollectiveAbortedException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>Ends the generation: ranks that wait, and all that come later, get the exception.</summary>
    public void Abort(int rank, string reason, Exception? cause)
    {
        TaskCompletionSource meeting;
        CollectiveAbortedException aborted;
        lock (_gate)
        {
            aborted = _aborted ??= new CollectiveAbortedException(generation: 0, rank, reason, cause);
            meeting = _meeting;
        }

        meeting.TrySetException(aborted);
        _ = meeting.Task.Exception; // observed: nobody may be waiting
    }

    private (TaskCompletionSource Meeting, bool IsLast) Arrive(int rank, string operation, object brought)
    {
        lock (_gate)
        {
            if (_aborted is null && _arrived > 0 && _operation != operation)
                _aborted = new CollectiveAbortedException(generation: 0, rank, $"rank {rank} came for {operation} where others came for {_operation}");
            if (_aborted is not null)
            {
                _meeting.TrySetException(_aborted);
                throw _aborted;
            }

            _operation = operation;
            _arrivals[rank] = brought;
            return (_meeting, ++_arrived == worldSize);
        }
    }

    // Only the last rank is here; all others wait for the meeting, so nothing moves under it.
    private void Complete<T>(int rank, Action<ImmutableArray<T>> work)
    {
        try
        {
            work([.. _arrivals.Cast<T>()]);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidCastException)
        {
            Abort(rank, $"the ranks' arguments of {_operation} do not match: {exception.Message}", exception);
            return;
        }

        TaskCompletionSource meeting;
        lock (_gate)
        {
            meeting = _meeting;
            if (_aborted is not null)
                return;
            Array.Clear(_arrivals);
            _arrived = 0;
            _meeting = NewMeeting();
        }

        meeting.TrySetResult();
    }

    private static TaskCompletionSource NewMeeting() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
