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
        _checkpoints.Admit(CheckpointFolders.NameOf(written.Folder));
        var sealing = new CheckpointSealed(written.StepsDecided, CheckpointFolders.NameOf(written.Folder), written.ManifestSha256);
        if (_facts.Checkpoints.Contains(sealing))
            return;

        Record(sealing);
        LogCheckpointSealed(written.StepsDecided, written.Folder);
    }

    /// <summary>Nobody reads a damaged checkpoint twice. Passing it over is no failure: the next generation is formed without a pause.</summary>
    /// <remarks>Peers of the worker that found it may have closed the generation before.</remarks>
    private void PassOver(string name, string reason)
    {
        if (_facts.Checkpoints.All(c => c.Name != name) || !_checkpoints.PassOver(name))
            return;

        LogCheckpointDamaged(name, reason);
        (_fruitless, _notBefore) = (0, _now);
    }

    private void GoBack(StateChoice state)
    {
        LogGoingBack(_facts.StepsDecided, state.StepsDecided, state.CheckpointFolder ?? "the initial model");
        Record(new RolledBack(_facts.StepsDecided, state.StepsDecided, state.Source));
    }

    /// <summary>Training is not silently done all over again: whoever moved the checkpoints may have them.</summary>
    private string NothingToGoBackTo() =>
        $"no worker holds the state after {_facts.StepsDecided} steps, and "
        + (_checkpoints.Damaged.Count == 0
            ? $"none of the run's checkpoints is in {_checkpoints.Root}"
            : $"no sound checkpoint is left in {_checkpoints.Root} (damaged: {string.Join(", ", _checkpoints.Damaged)})")
        + ": put them back, or start over with --fresh";
}
