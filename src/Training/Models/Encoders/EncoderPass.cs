using Distributed.Jobs;
using Distributed.Training.Models.Fused;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

/// <summary>One forward pass: a checked micro-batch, its dropout, and which of the two implementations runs it.</summary>
internal sealed class EncoderPass
{
    private readonly long[] _groupSizes;

    /// <param name="input">The texts.</param>
    /// <param name="config">Shape of the encoder.</param>
    /// <param name="weights">Any of its parameters: tells device and type.</param>
    /// <param name="dropout">Names the masks; null: no dropout.</param>
    /// <param name="allowsFused">Whether the kernels may be used where they can.</param>
    /// <param name="precision">Number format of the products.</param>
    /// <exception cref="ArgumentException">Groups and ids disagree, a text is too long or empty, or an id is outside the vocabulary.</exception>
    public EncoderPass(EncoderInput input, EncoderConfig config, Tensor weights, DropoutKey? dropout, bool allowsFused, Precision precision = Precision.Float32)
    {
        Check(input, config);
        Input = input;
        Precision = precision;
        Device = weights.device;
        Dropout = dropout is { } key ? new DropoutSites(key) : null;
        IsFused = allowsFused && CanFuse(config, weights);
        _groupSizes = [.. input.Groups.Select(group => (long)group.Texts * group.Length)];
    }

    /// <summary>Whether the kernels can run an encoder of this shape with such weights.</summary>
    public static bool CanFuse(EncoderConfig config, Tensor weights) =>
        weights.device_type == DeviceType.CPU && weights.dtype == ScalarType.Float32 && FusedKernels.Support(config);

    /// <summary>The texts.</summary>
    public EncoderInput Input { get; }

    /// <summary>Number format of the matrix products.</summary>
    public Precision Precision { get; }

    /// <summary>Where the encoder runs.</summary>
    public Device Device { get; }

    /// <summary>The dropout masks; null: no dropout.</summary>
    public DropoutSites? Dropout { get; }

    /// <summary>Whether the vectorised kernels run it, rather than libtorch's operators.</summary>
    public bool IsFused { get; }

    /// <summary>Token ids or positions as a tensor [tokens], Int64.</summary>
    public Tensor ToTensor(int[] numbers) => tensor(Array.ConvertAll(numbers, number => (long)number), device: Device);

    /// <summary>A linear map for the kernels.</summary>
    public LinearMap Map(Weights weights)
        => new(weights, Precision, weights.Update is { Dropout: > 0 } update ? Dropout?.AdapterMask(update.Site, update.Dropout) : null);

    /// <summary>A linear map by libtorch's operators, with a graph. In bfloat16 the states come back in the type they had.</summary>
    public Tensor Apply(Weights weights, Tensor states)
    {
        var products = Precision == Precision.BFloat16 ? ScalarType.BFloat16 : states.dtype;
        var output = Precision == Precision.BFloat16 ? weights.ApplyBFloat16(states.to(products)).to(states.dtype) : weights.Apply(states);
        return weights.Update is { } update ? output + update.Apply(Dropout?.ApplyAdapter(states, update.Site, update.Dropout) ?? states, products) : output;
    }

    /// <summary>A mask of the next site; null without dropout.</summary>
    public DropoutMask? NextMask(double probability) => probability > 0 ? Dropout?.NextMask(probability) : null;

    /// <summary>The tensor after dropout.</summary>
    public Tensor ApplyDropout(Tensor states, double probability) => Dropout?.Apply(states, probability) ?? states;

    /// <summary>The rows of each group of a tensor [tokens, width], as [texts, length, width].</summary>
    public IEnumerable<Tensor> Split(Tensor states, long width)
        => states.split(_groupSizes).Zip(Input.Groups, (rows, group) => rows.view(group.Texts, group.Length, width));

    private static void Check(EncoderInput input, EncoderConfig config)
    {
        if (input.Groups.IsDefaultOrEmpty)
            throw new ArgumentException("no texts", nameof(input));
        if (input.Groups.Any(group => group.Texts < 1 || group.Length < 1 || group.Length > config.LongestText))
            throw new ArgumentException($"a text has no token or more than {config.LongestText}", nameof(input));
        if (input.Groups.Sum(group => (long)group.Texts * group.Length) != input.TokenIds.Length)
            throw new ArgumentException($"the groups do not make up {input.TokenIds.Length} tokens", nameof(input));
        if (!input.Excluded.IsEmpty && input.Excluded.Length != input.TextCount)
            throw new ArgumentException($"{input.Excluded.Length} counts of tokens that are not pooled for {input.TextCount} texts", nameof(input));
        if (input.TokenIds.AsSpan().ContainsAnyExceptInRange(0, config.VocabularySize - 1))
            throw new ArgumentException($"a token id is outside 0..{config.VocabularySize - 1}", nameof(input));
    }
}
