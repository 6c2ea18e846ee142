using System.Collections.Immutable;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

/// <summary>A micro-batch on its device: ids and positions of all tokens, one after another without padding.</summary>
internal sealed class PackedTokens
{
    private PackedTokens(Tensor ids, Tensor positions, ImmutableArray<LengthGroup> groups)
    {
        Ids = ids;
        Positions = positions;
        Groups = groups;
    }

    /// <summary>[tokens], Int64.</summary>
    public Tensor Ids { get; }

    /// <summary>[tokens], Int64: place of each token in its text.</summary>
    public Tensor Positions { get; }

    /// <summary>Runs of texts of equal length.</summary>
    public ImmutableArray<LengthGroup> Groups { get; }

    /// <summary>Checks a micro-batch and puts it on a device. The tensors belong to the caller's scope.</summary>
    /// <exception cref="ArgumentException">Groups and ids disagree, a text is too long or empty, or an id is outside the vocabulary.</exception>
    public static PackedTokens Create(EncoderInput input, BertConfig config, Device device)
    {
        Check(input, config);
        var positions = new long[input.TokenIds.Length];
        var token = 0;
        foreach (var group in input.Groups)
        {
            for (var i = 0; i < group.Texts * group.Length; i++)
                positions[token++] = i % group.Length;
        }

        return new PackedTokens(
            tensor(Array.ConvertAll(input.TokenIds, id => (long)id), device: device),
            tensor(positions, device: device),
            input.Groups);
    }

    /// <summary>The rows of each group of a tensor [tokens, width], as [texts, length, width] views.</summary>
    public IEnumerable<Tensor> Split(Tensor tokens, long width)
    {
        long start = 0;
        foreach (var group in Groups)
        {
            var count = (long)group.Texts * group.Length;
            yield return tokens.narrow(0, start, count).view(group.Texts, group.Length, width);
            start += count;
        }
    }

    private static void Check(EncoderInput input, BertConfig config)
    {
        if (input.Groups.IsDefaultOrEmpty)
            throw new ArgumentException("no texts", nameof(input));
        if (input.Groups.Any(group => group.Texts < 1 || group.Length < 1 || group.Length > config.MaxPositions))
            throw new ArgumentException($"a text has no token or more than {config.MaxPositions}", nameof(input));
        if (input.Groups.Sum(group => (long)group.Texts * group.Length) != input.TokenIds.Length)
            throw new ArgumentException($"the groups do not make up {input.TokenIds.Length} tokens", nameof(input));
        if (input.TokenIds.AsSpan().ContainsAnyExceptInRange(0, config.VocabularySize - 1))
            throw new ArgumentException($"a token id is outside 0..{config.VocabularySize - 1}", nameof(input));
    }
}
