using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>What an <see cref="Activation"/> is called and computes.</summary>
internal static class Activations
{
    // √(2/π) and the factor of the cube: Hendrycks and Gimpel 2016, arXiv 1606.08415.
    private const double Slope = 0.7978845608028654;
    private const double Cube = 0.044715;

    private static readonly Dictionary<string, Activation> Names = new(StringComparer.Ordinal)
    {
        ["gelu"] = Activation.Gelu,
        ["gelu_new"] = Activation.GeluTanh,
        ["gelu_pytorch_tanh"] = Activation.GeluTanh,
        ["relu"] = Activation.Relu,
    };

    /// <summary>The activation that config.json names; gelu if it names none.</summary>
    /// <exception cref="ModelFormatException">It names another.</exception>
    public static Activation Read(JsonFile json, string key)
    {
        if (json.Text(key) is not { } name)
            return Activation.Gelu;
        return Names.TryGetValue(name, out var activation)
            ? activation
            : throw new ModelFormatException(json.Path, $"{key} is {name}; one of {string.Join(", ", Names.Keys)} was expected");
    }

    /// <summary>Tensors that <see cref="Apply"/> keeps for its gradient, its input and output among them.</summary>
    public static int KeptVectors(Activation activation) => activation == Activation.GeluTanh ? 7 : 2;

    /// <summary>The same shape, by libtorch's operators.</summary>
    public static Tensor Apply(Activation activation, Tensor states) => activation switch
    {
        Activation.Gelu => nn.functional.gelu(states),
        Activation.GeluTanh => states * 0.5 * ((states + states * states * states * Cube) * Slope).tanh().add(1),
        _ => nn.functional.relu(states),
    };
}
