using System.Globalization;
using System.IO.Hashing;
using System.Text.RegularExpressions;
using Distributed.Data.Planning;
using Distributed.Jobs;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using TorchSharp.Modules;

namespace Distributed.Training.Optimization;

/// <summary>
/// Leaves parameters out of training. They ask for no gradient, so that they have no place in <see cref="FlatParameters"/>: no optimizer state, nothing to
/// send, no gradient products; and where nothing below a layer is trained, the backward pass ends there.
/// </summary>
internal static partial class FrozenParameters
{
    private const int BlockBytes = 1 << 20;

    /// <summary>Freezes what the job's model.freeze and model.freeze_layers name.</summary>
    /// <exception cref="JobConflictException">A pattern matches nothing, there are fewer layers, or nothing is left to train.</exception>
    public static void Freeze(SentenceEncoder encoder, ModelOptions options)
    {
        var parameters = encoder.named_parameters().ToArray();
        foreach (var text in options.Freeze)
        {
            var pattern = new NamePattern(text);
            var matched = parameters.Where(entry => pattern.MatchesBeginning(entry.name)).ToArray();
            if (matched.Length == 0)
                throw pattern.MatchesNothing("model.freeze", "parameter", parameters.Select(entry => entry.name));
            Freeze(matched);
        }

        if (options.FreezeLayers is { } layers)
        {
            if (layers > encoder.Config.Layers)
                throw new JobConflictException($"model.freeze_layers is {layers}, but the encoder has {encoder.Config.Layers} layers");
            Freeze(parameters.Where(entry => IsBelow(entry.name, layers)));
        }

        if (!parameters.Any(entry => entry.parameter.requires_grad))
            throw new JobConflictException("model.freeze and model.freeze_layers leave nothing of the model to train");
    }

    /// <summary>Freezes parameters.</summary>
    public static void Freeze(IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        foreach (var (_, parameter) in parameters)
            parameter.requires_grad = false;
    }

    /// <summary>
    /// XxHash64 of the frozen parameters, 0 if there are none. Workers exchange what they train and no more: with this in the digest that they vote on, one whose
    /// base model is another is found.
    /// </summary>
    public static ulong Digest(SentenceEncoder encoder)
    {
        var frozen = encoder.named_parameters().Where(entry => !entry.parameter.requires_grad).OrderBy(entry => entry.name, StringComparer.Ordinal).ToArray();
        if (frozen.Length == 0)
            return 0;
        var hash = new XxHash64();
        foreach (var (_, parameter) in frozen)
            foreach (var (start, length) in ByteWindows.Of(parameter.numel() * parameter.ElementSize, BlockBytes))
                hash.Append(parameter.Bytes(start, length));

        return hash.GetCurrentHashAsUInt64();
    }

    // Embeddings of words and positions, relative ones included, or a layer of a lower number.
    private static bool IsBelow(string name, int layers)
        => Embeddings().IsMatch(name)
            || (Layer().Match(name) is { Success: true } layer && int.Parse(layer.Groups[1].ValueSpan, CultureInfo.InvariantCulture) < layers);

    [GeneratedRegex(@"^embeddings\.|(^|\.)relative_attention_bias\.", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Embeddings();

    // encoder.layer.0., transformer.layer.0., layers.0.: the names of the families.
    [GeneratedRegex(@"(?:^|\.)layers?\.([0-9]{1,4})\.", RegexOptions.CultureInvariant)]
    private static partial Regex Layer();
}
