using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>
/// Parameters that have a shape but no memory yet: the shapes of an encoder can be compared with a file before anything is allocated. They are worth
/// nothing until <see cref="Fill"/> has given them their values.
/// </summary>
internal static class Unfilled
{
    /// <summary>A parameter of this shape: one zero, expanded.</summary>
    public static Parameter Parameter(params long[] shape)
    {
        using var scope = NewDisposeScope();
        return new Parameter(zeros(1).expand(shape).DetachFromDisposeScope());
    }

    /// <summary>Gives a parameter its values. Their memory becomes the parameter's.</summary>
    public static void Fill(Parameter parameter, Tensor values)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        parameter.set_(values);
    }
}
