using System.Collections.Immutable;
using Distributed.Coordinator.Journal;

namespace Distributed.Coordinator.Runs;

/// <summary>What a generation does next.</summary>
internal abstract record RunTask;

/// <summary>Compute a step and vote.</summary>
/// <param name="Step">Number of the step.</param>
/// <param name="Epoch">Epoch its rows belong to.</param>
/// <param name="PlanHash">What every member's plan must hash to.</param>
/// <param name="IsCheckpointDue">Rank 0 writes a checkpoint in the background once the decision is applied.</param>
internal sealed record TrainStep(long Step, int Epoch, ulong PlanHash, bool IsCheckpointDue) : RunTask;

/// <summary>Score the held-out queries with the state after so many steps.</summary>
internal sealed record Evaluate(long StepsDecided) : RunTask;

/// <summary>Write a checkpoint of the current state and wait for it.</summary>
internal sealed record WriteCheckpoint : RunTask;

/// <summary>Rank 0 writes the finished model's folder.</summary>
/// <param name="Evaluations">All scores of the run, for the model card.</param>
internal sealed record SaveModel(ImmutableArray<StateEvaluated> Evaluations) : RunTask;
