using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Training.Models;

namespace Distributed.Training.Steps;

/// <summary>One rank's share of a step, tokenised and cut: the same for a shard whichever rank holds it.</summary>
/// <param name="Plan">The global batch.</param>
/// <param name="Shards">The rank's logical shards, in order.</param>
internal sealed record StepInput(StepPlan Plan, ImmutableArray<ShardInput> Shards)
{
    /// <summary>Tokens of all texts of the share.</summary>
    public long Tokens => Shards.Sum(shard => shard.MicroBatches.Sum(microBatch => (long)microBatch.Tokens.TokenIds.Length));
}

/// <summary>The texts of one logical shard.</summary>
/// <param name="Shard">Number of the shard in its plan.</param>
/// <param name="Rows">Its rows in the global batch.</param>
/// <param name="MicroBatches">Its texts of all columns, sorted by length and cut under the token budget.</param>
/// <param name="GuideMicroBatches">The same texts in the tokens of the loss's guide; empty without a guide.</param>
internal sealed record ShardInput(
    int Shard, ShardRange Rows, ImmutableArray<MicroBatchInput> MicroBatches, ImmutableArray<MicroBatchInput> GuideMicroBatches);

/// <summary>Texts that go through the encoder together.</summary>
/// <param name="Tokens">Their tokens.</param>
/// <param name="Slots">Where each text's embedding belongs in its shard: row in the shard × columns + column.</param>
internal sealed record MicroBatchInput(EncoderInput Tokens, long[] Slots);
