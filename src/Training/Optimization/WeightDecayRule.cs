using System.Collections.Immutable;
using System.Text.RegularExpressions;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Optimization;

/// <summary>Which parameters weight decay applies to: transformers' rule, everything but biases and normalisation layers; and none beside the module.</summary>
internal sealed partial class WeightDecayRule(nn.Module module, ImmutableHashSet<string> others)
{
    private readonly ImmutableArray<string> _layerNorms =
        [.. module.named_modules().Where(entry => entry.module is LayerNorm).Select(entry => entry.name + '.')];

    public bool Decays(string parameter) =>
        !others.Contains(parameter) && !Exempt().IsMatch(parameter) && !_layerNorms.Any(layer => parameter.StartsWith(layer, StringComparison.Ordinal));

    [GeneratedRegex(@"bias|layernorm|rmsnorm|(^|\.)norm($|\.)|_norm($|\.)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Exempt();
}
