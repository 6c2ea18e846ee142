using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Training.Models;

namespace Distributed.Training.Steps;

/// <summary>Tokenises a rank's rows of a step and cuts them into micro-batches. Thread-safe.</summary>
/// <param name="set">The training set.</param>
/// <param name="prompts">By dataset, what stands in front of the texts of each column.</param>
/// <param name="model">The model that is trained.</param>
/// <param name="guides">By dataset, the model that judges its negatives; null: none does.</param>
/// <param name="tokensPerMicroBatch">Most tokens that go through an encoder together.</param>
internal sealed class StepInputBuilder(
    TrainingSet set, ImmutableArray<ColumnPrompts> prompts, EmbeddingModel model, ImmutableArray<EmbeddingModel?> guides, int tokensPerMicroBatch)
{
    public StepInput Build(StepPlan plan, ShardRun run) =>
        new(plan, [.. Enumerable.Range(run.First, run.Count).Select(shard => BuildShard(plan, shard))]);

    private ShardInput BuildShard(StepPlan plan, int shard)
    {
        var rows = plan.Shards[shard];
        var texts = new List<string>();
        var slots = new List<long>();
        for (var row = 0; row < rows.Count; row++)
        {
            var columns = set.Rows[plan.Rows[rows.Start + row]].Texts;
            for (var column = 0; column < columns.Length; column++)
            {
                if (columns[column] is not { } text)
                    continue;
                texts.Add(text);
                slots.Add(((long)row * columns.Length) + column);
            }
        }

        return new ShardInput(
            shard,
            rows,
            Cut(model, prompts[plan.Dataset].OfModel, texts, slots),
            guides[plan.Dataset] is { } guide ? Cut(guide, prompts[plan.Dataset].OfGuide, texts, slots) : []);
    }

    private ImmutableArray<MicroBatchInput> Cut(EmbeddingModel encoder, ImmutableArray<ColumnPrompt> columns, List<string> texts, List<long> slots)
    {
        var ofTexts = slots.ConvertAll(slot => columns[(int)(slot % columns.Length)]);
        int[][] tokens = [.. texts.Zip(ofTexts, (text, prompt) => encoder.Tokenize(text, prompt.Text))];
        int[] lengths = [.. tokens.Select(text => text.Length)];
        return
        [
            .. MicroBatchCutter.Cut(lengths, tokensPerMicroBatch).Select(members => new MicroBatchInput(
                EncoderInput.From([.. members.Select(text => tokens[text])], [.. members.Select(text => ofTexts[text].TokensNotPooled)]),
                [.. members.Select(text => slots[text])])),
        ];
    }
}
