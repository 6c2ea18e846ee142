using System.Text;
using Distributed.Jobs;
using static Distributed.Training.Evaluation.ModelCardParts;

namespace Distributed.Training.Evaluation;

/// <summary>The README.md of a saved model: front matter as model hubs read it, then what the model is, how it was trained and how to use it.</summary>
public static class ModelCard
{
    /// <summary>Writes the card. The same facts give the same text.</summary>
    public static string Render(ModelCardFacts facts)
    {
        var card = new StringBuilder();
        FrontMatter(card, facts);
        Description(card, facts);
        Usage(card, facts.Dim, Commands(facts.Job));
        Scores(card, facts);
        Training(card, facts);
        return card.Replace("\r\n", "\n").ToString();
    }

    private static void FrontMatter(StringBuilder card, ModelCardFacts facts)
    {
        Opening(card);
        card.AppendLine("- dense").AppendLine(Text($"- dataset_size:{facts.TrainingRows}"));
        foreach (var dataset in facts.Job.Datasets)
            card.AppendLine(Text($"- loss:{LossDescription.PeerName(dataset.Loss)}"));
        if (BaseModel(facts.Job.Model) is { } start)
            card.AppendLine(Text($"base_model: {Quote(start)}"));
        card.AppendLine("---").AppendLine();
    }

    private static void Description(StringBuilder card, ModelCardFacts facts)
    {
        card.AppendLine(Text($"# {facts.Name}")).AppendLine();
        card.AppendLine(Text($"A sentence-embedding model: it maps a text to {facts.Dim} numbers, so that texts that belong together lie close."));
        card.AppendLine(facts.Job.Model switch
        {
            { New: { } shape } => Text($"Trained from random weights: BERT, {shape.Layers} layers × {shape.HiddenSize}, {shape.Heads} heads, feed-forward {shape.IntermediateSize}."),
            var other => BaseModel(other) is { } start ? Text($"Fine-tuned from `{start}`.") : "",
        }).AppendLine();
        Properties(card, facts);
    }

    private static string Commands(Job job) => job.Output.Lora == AdapterOutput.Adapter
        ? """
            distributed merge --model path/to/base/model --adapter path/to/this/folder --output merged
            distributed encode --model merged --text "a first text"
            """
        : EncodeCommands;

    private static void Scores(StringBuilder card, ModelCardFacts facts)
    {
        if (facts.Scores.IsEmpty || facts.Job.Evaluation is not { } evaluation)
            return;
        card.AppendLine("## Scores").AppendLine();
        card.AppendLine(Text($"Retrieval of `{Path.GetFileName(evaluation.Corpus)}` for the held-out queries of `{Path.GetFileName(evaluation.Queries)}`, by cosine.")).AppendLine();
        card.AppendLine("| steps | nDCG@10 | MRR@10 | recall@1 | recall@10 |").AppendLine("|---:|---:|---:|---:|---:|");
        foreach (var (steps, scores) in facts.Scores)
            card.AppendLine(Text($"| {steps} | {scores.NdcgAt10:F4} | {scores.MrrAt10:F4} | {scores.RecallAt1:F4} | {scores.RecallAt10:F4} |"));
        card.AppendLine();
    }

    private static void Training(StringBuilder card, ModelCardFacts facts)
    {
        var job = facts.Job;
        card.AppendLine("## Training").AppendLine();
        Table(card, ("setting", "value"),
            ("rows", Text($"{facts.TrainingRows:N0} of {Each(job, dataset => string.Join(", ", dataset.Data.Train.Select(path => $"`{Path.GetFileName(path)}`")))}")),
            ("columns", Each(job, dataset => ColumnsText(dataset.Data))),
            ("prompts", Each(job, dataset => PromptsText(dataset.Data))),
            ("loss", Each(job, dataset => LossDescription.Of(dataset.Loss))),
            ("batch", Each(job, dataset => BatchText(job, dataset.Sampler))),
            ("steps", Text($"{facts.Steps:N0}")),
            ("trained", TrainedWeights.Describe(facts)),
            ("optimizer", Text($"AdamW, learning rate {job.Optimizer.LearningRate}, betas {job.Optimizer.Beta1} and {job.Optimizer.Beta2}, weight decay {job.Optimizer.WeightDecay}")),
            ("schedule", ScheduleText(job.Schedule)),
            ("clipping", job.Optimizer.ClipNorm is { } norm ? Text($"gradient norm {norm}") : "none"),
            ("precision", job.Precision == Precision.BFloat16 ? "bfloat16 products, float32 weights" : "float32"),
            ("seed", Text($"{job.Seed}")));
        card.AppendLine("Losses are taken over the whole global batch, and gradients are added in a fixed order: the number of workers changes nothing of the result.");
    }

    private static string Each(Job job, Func<DatasetOptions, string> describe) => string.Join("; ", job.Datasets.Select(describe));

    private static string ColumnsText(DataOptions data) => string.Join(", ", data.Columns)
        + (data.Label is { } label ? $"; label {label}" : "") + (data.Score is { } score ? $"; score {score}" : "");

    private static string PromptsText(DataOptions data) => data.Prompts is { } prompts
        ? string.Join(", ", prompts.Select(prompt => $"{prompt.Key} {(prompt.Value.Text is { } text ? $"`{OneLine(text)}`" : $"the model's {prompt.Value.Name}")}"))
        : "none";

    private static string BatchText(Job job, SamplerOptions sampler) => sampler.Kind == SamplerKind.Labels
        ? Text($"{sampler.ClassesPerBatch} classes × {sampler.RowsPerClass} rows")
        : Text($"{job.Batch.Rows} rows{(sampler.Kind == SamplerKind.NoDuplicates ? ", no text twice" : "")}");

    private static string ScheduleText(ScheduleOptions schedule)
    {
        var warmup = schedule.WarmupSteps is { } steps ? Text($"{steps} steps") : Text($"{schedule.WarmupRatio * 100:0.##} % of the steps");
        return $"rise over {warmup}, then {(schedule.Kind == ScheduleKind.Constant ? "constant" : $"{Lower(schedule.Kind)} to 0")}";
    }

    private static string? BaseModel(ModelOptions model) => model.Hub is { } hub
        ? HubId.Parse(hub).Repository
        : model.Folder is { } folder ? Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)) : null;
}
