using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>Query, key and value of all tokens, or their gradients: [tokens, width] each.</summary>
internal readonly record struct AttentionStates(Tensor Query, Tensor Key, Tensor Value);
