using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Data.Reading;
using Distributed.Training.Models;

namespace Distributed.Training.Steps;

/// <summary>Tokenises a rank's rows of a step and cuts them into micro-batches. Thread-safe.</summary>
internal sealed class StepInputBuilder(TrainingSet set, EmbeddingModel model, int tokensPerMicroBatch)
{
    public StepInput Build(StepPlan plan, ShardRun run) =>
        new(plan, [.. Enumerable.Range(run.First, run.Count).Select(shard => BuildShard(plan, shard))]);

    private ShardInput BuildShard(StepPlan plan, int shard)
    {
        var rows = plan.Shards[shard];
        var texts = new List<int[]>();
        var slots = new List<long>();
        for (var row = 0; row < rows.Count; row++)
        {
            var columns = set.Rows[plan.Rows[rows.Start + row]].Texts;
            for (var column = 0; column < columns.Length; column++)
            {
                if (columns[column] is not { } text)
                    continue;
                texts.Add(model.Tokenize(text));
                slots.Add((long)row * set.ColumnCount + column);
            }
        }

        return new ShardInput(shard, rows, Cut(texts, slots));
    }

    private ImmutableArray<MicroBatchInput> Cut(List<int[]> texts, List<long> slots)
    {
        int[] lengths = [.. texts.Select(text => text.Length)];
        return
        [
            .. MicroBatchCutter.Cut(lengths, tokensPerMicroBatch).Select(members => new MicroBatchInput(
                EncoderInput.From([.. members.Select(text => texts[text])]),
                [.. members.Select(text => slots[text])])),
        ];
    }
}
