namespace Distributed.Training.Models.Encoders;

/// <summary>The nonlinearity of a feed-forward layer.</summary>
internal enum Activation
{
    /// <summary>x Φ(x) with the error function: "gelu".</summary>
    Gelu,

    /// <summary>Its approximation by tanh: "gelu_new", "gelu_pytorch_tanh".</summary>
    GeluTanh,

    /// <summary>max(x, 0): "relu".</summary>
    Relu,
}
