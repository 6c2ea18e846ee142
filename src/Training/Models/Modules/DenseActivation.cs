using System.Collections.Frozen;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Modules;

/// <summary>A function of each component, as PyTorch's class of the name applies it with its defaults.</summary>
/// <param name="Name">Name of the class: Tanh.</param>
/// <param name="Apply">The function.</param>
internal sealed record DenseActivation(string Name, Func<Tensor, Tensor> Apply)
{
    private static readonly DenseActivation[] All =
    [
        new("Identity", x => x),
        new("Tanh", x => x.tanh()),
        new("ReLU", x => nn.functional.relu(x)),
        new("GELU", x => nn.functional.gelu(x)),
        new("Sigmoid", x => x.sigmoid()),
        new("SiLU", x => nn.functional.silu(x)),
        new("LeakyReLU", x => nn.functional.leaky_relu(x)),
        new("ELU", x => nn.functional.elu(x, alpha: 1)),
        new("SELU", x => nn.functional.selu(x)),
        new("CELU", x => nn.functional.celu(x, alpha: 1)),
        new("ReLU6", x => nn.functional.relu6(x)),
        new("Softplus", x => nn.functional.softplus(x)),
        new("Softsign", x => nn.functional.softsign(x)),
        new("Tanhshrink", x => nn.functional.tanhshrink(x)),
        new("Mish", x => nn.functional.mish(x)),
        new("LogSigmoid", x => nn.functional.logsigmoid(x)),
        new("Hardtanh", x => x.clamp(-1, 1)),
        new("Hardsigmoid", x => nn.functional.hardsigmoid(x)),
        new("Hardswish", x => nn.functional.hardswish(x)),
    ];

    private static readonly FrozenDictionary<string, DenseActivation> ByName = All.ToFrozenDictionary(activation => activation.Name, StringComparer.Ordinal);

    /// <summary>What the peer takes where a folder names none, or a class that is not PyTorch's.</summary>
    public static DenseActivation Default => ByName["Tanh"];

    /// <summary>The names that are known.</summary>
    public static string Names => string.Join(", ", All.Select(activation => activation.Name));

    /// <summary>The activation of a Python class path: `torch.nn.modules.activation.Tanh`; null: a class of PyTorch that is none of these.</summary>
    public static DenseActivation? Of(string? classPath) => classPath is null || !classPath.StartsWith("torch.", StringComparison.Ordinal)
        ? Default
        : ByName.GetValueOrDefault(classPath[(classPath.LastIndexOf('.') + 1)..]);
}
