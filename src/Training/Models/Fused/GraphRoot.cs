using static TorchSharp.torch;

namespace Distributed.Training.Models.Fused;

/// <summary>
/// Where the graph of a forward pass begins. A sublayer with nothing to train in it or below it needs no node. The lowest one that has something gets an input
/// of its own, since autograd would call no node whose inputs are all constants; nobody asks for that input's gradient.
/// </summary>
internal static class GraphRoot
{
    /// <summary>Whether a sublayer is a node of the graph.</summary>
    /// <param name="states">Its input.</param>
    /// <param name="trains">Whether a parameter of it is trained.</param>
    public static bool NeedsNode(Tensor states, bool trains) => is_grad_enabled() && (states.requires_grad || trains);

    /// <summary>The input of a node: <paramref name="states"/>, if it has a gradient.</summary>
    public static Tensor Of(Tensor states) => states.requires_grad ? states : states.detach().requires_grad_();
}
