using Distributed.Coordinator.Checkpoints;
using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Membership;

namespace Distributed.Coordinator.Runs;

// What becomes of checkpoints, and going back to them.
internal sealed partial class RunMachine
{
    private void OnCheckpointWritten(Member member, CheckpointWritten written)
    {
        if (written.StepsDecided < 0 || written.StepsDecided > _facts.History.Count)
        {
            ReplaceForeign(member, "sealed", written.StepsDecided);
            return;
        }

        // A worker that connects again says once more what it sealed last.
        var sealing = new CheckpointSealed(written.StepsDecided, CheckpointFolders.NameOf(written.Folder), written.ManifestSha256);
        if (_facts.Checkpoints.Contains(sealing))
            return;

        Record(sealing);
        LogCheckpointSealed(written.StepsDecided, written.Folder);
    }

    private void GoBack(StateChoice state)
    {
        LogGoingBack(_facts.StepsDecided, state.StepsDecided, state.CheckpointFolder ?? "the initial model");
        Record(new RolledBack(_facts.StepsDecided, state.StepsDecided, state.Source));
    }

    /// <summary>Training is not silently done all over again: whoever moved the checkpoints may have them.</summary>
    private string NothingToGoBackTo() =>
        $"no worker holds the state after {_facts.StepsDecided} steps, and none of the run's checkpoints is in {_checkpoints.Root}: "
        + "put them back, or start over with --fresh";
}
