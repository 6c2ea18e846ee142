namespace Distributed.Coordinator.Runs;

/// <summary>Where a run is, for whoever looks at it.</summary>
internal enum RunState
{
    /// <summary>No generation yet in this life of the coordinator.</summary>
    Waiting,

    /// <summary>A generation computes.</summary>
    Running,

    /// <summary>The first generation of this life of the coordinator is brought to one state.</summary>
    Forming,

    /// <summary>Another generation is being formed or brought to one state.</summary>
    Reforming,

    /// <summary>Asked to stop, about to.</summary>
    Stopping,

    /// <summary>Every step decided, model saved.</summary>
    Completed,

    /// <summary>Stopped on request.</summary>
    Stopped,

    /// <summary>Cannot go on.</summary>
    Failed,
}
