using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.ReferenceCheck;

/// <summary>Stored parameter gradients of the peer, whose names carry the prefix of its module list.</summary>
internal static class PeerGradient
{
    private const string Prefix = "0.model.";
    private const double Float32Precision = 1e-6; // some tensors are stored as float32

    /// <summary>Largest error over all parameters stored under <paramref name="group"/>, each relative to the largest entry of the whole gradient.</summary>
    public static double Compare(IReadOnlyDictionary<string, Tensor> gradient, SafetensorsReader tensors, string group, out int compared)
    {
        compared = 0;
        var worst = 0.0;
        var largest = gradient.Values.Max(tensor => tensor.MaxAbs());
        foreach (var entry in tensors.Tensors.Where(entry => entry.Name.StartsWith(group, StringComparison.Ordinal)))
        {
            if (Find(gradient, entry.Name[group.Length..]) is not { } actual)
                return double.NaN;
            using var expected = tensors.Read(entry.Name);
            var error = actual.MaxDifference(expected) / largest;
            worst = Math.Max(worst, entry.ScalarType == ScalarType.Float32 && error < Float32Precision ? 0 : error);
            compared++;
        }

        return worst;
    }

    /// <summary>The parameter that the peer calls <paramref name="peerName"/>.</summary>
    public static Tensor? Find(IReadOnlyDictionary<string, Tensor> parameters, string peerName)
    {
        var name = peerName.StartsWith(Prefix, StringComparison.Ordinal) ? peerName[Prefix.Length..] : peerName;
        return parameters.FirstOrDefault(parameter => parameter.Key == name || parameter.Key.EndsWith('.' + name, StringComparison.Ordinal)).Value;
    }
}
