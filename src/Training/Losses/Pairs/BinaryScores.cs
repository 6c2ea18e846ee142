namespace Distributed.Training.Losses.Pairs;

/// <summary>Scores that say whether two texts belong together.</summary>
internal static class BinaryScores
{
    /// <summary>The batch.</summary>
    /// <exception cref="ArgumentException">A score is neither 1 nor 0.</exception>
    public static EmbeddingBatch Require(EmbeddingBatch batch)
    {
        for (var row = 0; row < batch.Scores.Length; row++)
        {
            if (batch.Scores[row] is not (0 or 1))
                throw new ArgumentException($"Row {row} of the batch has the score {batch.Scores[row]:R}; expected 1 (belongs together) or 0 (does not).", nameof(batch));
        }

        return batch;
    }
}
