namespace Distributed.Training.Mining;

/// <summary>Which of the candidates that may be negatives are taken.</summary>
public enum NegativeSampling
{
    /// <summary>The most similar ones: `top`.</summary>
    Top,

    /// <summary>Any, each as likely as the others: `random`.</summary>
    Random,
}
