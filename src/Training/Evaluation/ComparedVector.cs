using Distributed.Jobs.Losses;

namespace Distributed.Training.Evaluation;

/// <summary>An embedding in the form in which a plain dot product is the similarity.</summary>
internal static class ComparedVector
{
    /// <summary>Writes <paramref name="vector"/> to <paramref name="compared"/>, at length 1 for cosine.</summary>
    public static void Prepare(Similarity similarity, ReadOnlySpan<float> vector, Span<float> compared)
    {
        if (similarity is Similarity.Cosine)
            UnitVector.Normalize(vector, compared);
        else
            vector.CopyTo(compared);
    }
}
