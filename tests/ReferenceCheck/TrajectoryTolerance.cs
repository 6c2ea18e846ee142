using Distributed.Jobs.Losses;

namespace Distributed.ReferenceCheck;

/// <summary>
/// Limits of a float32 trajectory, as its README suggests them. Where the true gradient is zero, Adam turns rounding noise into steps of the
/// learning rate's size: key biases always, and for Euclidean batch losses the last LayerNorm's bias, a common shift of all embeddings.
/// </summary>
/// <param name="Loss">Absolute error of a step's loss.</param>
/// <param name="Probes">Absolute error of an embedding's component after the last step.</param>
/// <param name="IgnoresCommonShift">Whether embeddings are compared after subtracting their mean.</param>
internal sealed record TrajectoryTolerance(double Loss, double Probes, bool IgnoresCommonShift)
{
    public const double GradientNorm = 1e-3;
    public const double WordEmbeddings = 1e-3;
    public const double Parameters = 1e-4;

    public static TrajectoryTolerance For(LossOptions options) => options is MinedTripletLossOptions
        ? new(5e-4, 1e-3, IgnoresCommonShift: true)
        : new(1e-4, 1e-4, IgnoresCommonShift: false);

    /// <summary>Whether the trajectory determines this parameter.</summary>
    public bool IsDetermined(string name, string lastNormalisation) =>
        !name.EndsWith("self.key.bias", StringComparison.Ordinal) && !(IgnoresCommonShift && name == lastNormalisation);
}
