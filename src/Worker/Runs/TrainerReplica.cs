using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Training.Checkpoints;
using Distributed.Training.Collectives;
using Distributed.Training.Evaluation;
using Distributed.Training.Models.Adapters;
using Distributed.Training.Steps;

namespace Distributed.Worker.Runs;

/// <summary>The replica that a run trains: a <see cref="Trainer"/>, the held-out queries, and the folder that the model goes to.</summary>
/// <param name="trainer">Model and optimizer.</param>
/// <param name="job">The job.</param>
/// <param name="trainingRows">Rows of the training set, for the model card.</param>
/// <param name="heldOut">Queries, corpus and relevance; null: the job evaluates nothing.</param>
internal sealed class TrainerReplica(Trainer trainer, Job job, int trainingRows, RetrievalSet? heldOut) : IReplica
{
    private const string Ndcg = "ndcg@10";
    private const string Mrr = "mrr@10";
    private const string RecallAt1 = "recall@1";
    private const string RecallAt10 = "recall@10";

    public long StepsDecided => trainer.StepsDecided;

    public StateLayout Layout => trainer.StateLayout;

    public ValueTask<StepResult> ComputeStepAsync(StepPlan plan, ICollectives collectives, CancellationToken cancellationToken) =>
        trainer.ComputeStepAsync(plan, collectives, cancellationToken);

    public void Apply(long decidedStep) => trainer.Apply(decidedStep);

    public void Skip(long decidedStep) => trainer.Skip(decidedStep);

    public void Discard() => trainer.Discard();

    public TrainingState ViewState() => trainer.ViewState();

    public void ImportState(TrainingState state) => trainer.ImportState(state);

    public async ValueTask<IReadOnlyDictionary<string, double>> EvaluateAsync(ICollectives collectives, CancellationToken cancellationToken)
    {
        if (heldOut is null)
            return ImmutableDictionary<string, double>.Empty;
        var evaluator = new RetrievalEncoders(trainer.Model, job.Evaluation, collectives, trainer.TokensPerMicroBatch).Evaluator(encoded: null);
        var scores = await evaluator.EvaluateAsync(heldOut, cancellationToken);
        return new Dictionary<string, double>
        {
            [Ndcg] = scores.NdcgAt10,
            [Mrr] = scores.MrrAt10,
            [RecallAt1] = scores.RecallAt1,
            [RecallAt10] = scores.RecallAt10,
        };
    }

    public Task SaveModelAsync(ImmutableArray<EvaluationScores> evaluations, CancellationToken cancellationToken)
    {
        var encoder = trainer.Model.Encoder;
        Save(ModelCard.Render(new ModelCardFacts
        {
            Name = Path.GetFileName(job.Output.Folder.TrimEnd(Path.DirectorySeparatorChar)),
            Job = job,
            Dim = encoder.Dim,
            MaxTokens = trainer.Model.MaxTokens,
            Poolings = encoder.Poolings,
            Prompts = [.. trainer.Model.Prompts],
            Normalize = encoder.Normalizes,
            Parameters = trainer.Model.WeightCount,
            TrainedParameters = encoder.parameters().Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel()),
            TrainingRows = trainingRows,
            Steps = trainer.StepsDecided,
            Scores = [.. evaluations.Select(evaluation => new ModelCardScores(evaluation.StepsDecided, Scores(evaluation.Metrics)))],
        }));
        return Task.CompletedTask;
    }

    private void Save(string modelCard)
    {
        var folder = Path.Combine(job.Output.Folder, "model");
        if (job.Output.Lora == AdapterOutput.Adapter)
            trainer.Model.SaveAdapter(folder, modelCard, BaseModel.Of(job.Model));
        else
            trainer.Model.Save(folder, modelCard);
    }

    private static RetrievalScores Scores(IReadOnlyDictionary<string, double> metrics) =>
        new(metrics[Ndcg], metrics[Mrr], metrics[RecallAt1], metrics[RecallAt10]);
}
