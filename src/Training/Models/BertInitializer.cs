using Distributed.Training.Models.Encoders;
using Distributed.Training.Runtime;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

/// <summary>
/// Random weights as BERT starts: normal with standard deviation 0.02, biases 0, layer norms 1 and 0.
/// The numbers come from a generator of our own: a seed names one model, and libtorch's generator is left alone.
/// </summary>
internal static class BertInitializer
{
    /// <summary>Standard deviation of weights and embeddings.</summary>
    public const double StandardDeviation = 0.02;

    /// <summary>Fills the parameters, in the order of their names.</summary>
    public static void Fill(IEnumerable<(string Name, Parameter Parameter)> parameters, int seed)
    {
        var normal = new NormalNumbers(seed);
        foreach (var (name, parameter) in parameters.OrderBy(pair => pair.Name, StringComparer.Ordinal))
        {
            using var values = empty(parameter.shape);
            Unfilled.Fill(parameter, values);
            var elements = values.Elements<float>();
            if (name.EndsWith(".bias", StringComparison.Ordinal))
                elements.Clear();
            else if (name.Contains("LayerNorm", StringComparison.Ordinal))
                elements.Fill(1);
            else
                normal.Fill(elements, StandardDeviation);
        }
    }
}
