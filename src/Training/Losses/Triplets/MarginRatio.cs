namespace Distributed.Training.Losses.Triplets;

/// <summary>The measure by which a triplet loss is seen to be stuck.</summary>
internal static class MarginRatio
{
    /// <summary>Adds `margin_ratio`, the loss over what it is where all embeddings coincide: near 1, and staying there, the space has collapsed.</summary>
    /// <param name="measures">Changed.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="collapsed">The loss of a triplet whose three rows coincide: the margin, or log 2 for a soft one. Where it is 0 nothing is added.</param>
    public static Dictionary<string, double> AddTo(Dictionary<string, double> measures, double loss, double collapsed)
    {
        if (collapsed > 0)
            measures["margin_ratio"] = loss / collapsed;
        return measures;
    }
}
