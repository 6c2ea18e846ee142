using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>The bfloat16 copy of a linear map that products run with. Whoever made it keeps it up to date and owns it.</summary>
/// <param name="Weight">[outputs, inputs].</param>
/// <param name="Bias">[outputs].</param>
internal sealed record WeightsCopy(Tensor Weight, Tensor? Bias);
