using System.Collections.Immutable;
using Distributed.Data.Reading;
using Distributed.Jobs;
using Distributed.Training.Models;

namespace Distributed.Training.Steps;

/// <summary>What stands in front of a column's texts.</summary>
/// <param name="Text">The prompt; "" for none.</param>
/// <param name="TokensNotPooled">Tokens at the front of each text that the model does not pool.</param>
internal readonly record struct ColumnPrompt(string Text, int TokensNotPooled);

/// <summary>
/// The prompts of a dataset's columns, as the trained model reads them and as its loss's guide does: a text of the job's is the same for both, a name
/// stands for the prompt that each has under it.
/// </summary>
/// <param name="OfModel">By column, for the model.</param>
/// <param name="OfGuide">By column, for the guide; empty without a guide.</param>
internal sealed record ColumnPrompts(ImmutableArray<ColumnPrompt> OfModel, ImmutableArray<ColumnPrompt> OfGuide)
{
    /// <summary>The prompts of each dataset.</summary>
    /// <exception cref="ModelFormatException">The job names a prompt that the model does not have.</exception>
    public static ImmutableArray<ColumnPrompts> Of(Job job, TrainingSet set, EmbeddingModel model, GuideModels guides) =>
    [
        .. job.Datasets.Zip(set.Datasets, (dataset, rows) => new ColumnPrompts(
            Of(dataset.Data, rows.ColumnCount, model, model.Prompt),
            guides.Of(dataset.Loss) is { } guide ? Of(dataset.Data, rows.ColumnCount, guide, prompt => prompt.Text ?? guide.PromptOrNone(prompt.Name!)) : [])),
    ];

    private static ImmutableArray<ColumnPrompt> Of(DataOptions data, int columns, EmbeddingModel model, Func<PromptOptions, string> textOf) =>
    [
        .. Enumerable.Range(0, columns).Select(column =>
        {
            var text = data.Prompts?.GetValueOrDefault(data.Columns[column]) is { } prompt ? textOf(prompt) : "";
            return new ColumnPrompt(text, model.TokensNotPooled(text));
        }),
    ];
}
