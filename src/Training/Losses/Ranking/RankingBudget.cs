namespace Distributed.Training.Losses.Ranking;

/// <summary>How much memory a pass may spend to save time. It changes no bit of the result.</summary>
/// <param name="TileBytes">All tiles of similarities are kept for the gradient if the whole batch's are not larger than this; otherwise none is.</param>
/// <param name="DirectionBytes">Normalised embeddings are kept if the whole batch's are not larger than this.</param>
internal readonly record struct RankingBudget(long TileBytes, long DirectionBytes)
{
    /// <summary>Small beside an encoder's activations.</summary>
    public static RankingBudget Default { get; } = new(256L << 20, 64L << 20);
}
