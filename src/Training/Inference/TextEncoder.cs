using System.Runtime.InteropServices;
using Distributed.Data.Planning;
using Distributed.Jobs;
using Distributed.Training.Collectives;
using Distributed.Training.Models;
using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Inference;

/// <summary>
/// Texts → embeddings, shared by the ranks of a generation. Every rank passes the same texts and receives all embeddings, with the same bits for
/// every number of ranks: see <see cref="EncodingPlan"/>. No graph is built and one micro-batch's activations are held at a time. Not for
/// concurrent calls.
/// </summary>
/// <param name="model">The model, the same on every rank.</param>
/// <param name="collectives">The generation; loopback for one process.</param>
/// <param name="tokensPerMicroBatch">Most tokens that go through the encoder together, the same on every rank.</param>
/// <param name="prompt">Put in front of every text; null: the model's default prompt, "": none.</param>
/// <param name="precision">Number format of the encoder's matrix products.</param>
public sealed class TextEncoder(
    EmbeddingModel model, ICollectives collectives, int tokensPerMicroBatch, string? prompt = null, Precision precision = Precision.Float32)
{
    /// <summary>Texts to pass in one call, so that a call's memory stays moderate: 64 MiB of embeddings at 256 dimensions.</summary>
    public const int WindowTexts = 65_536;

    private readonly string _prompt = prompt ?? model.Prompt(name: null);
    private readonly int _notPooled = model.TokensNotPooled(prompt ?? model.Prompt(name: null));

    // English has about four characters to a token.
    private const int CharactersPerToken = 4;

    /// <summary>Numbers that are kept of an embedding, the first ones; at most the encoder's. Default <see cref="EmbeddingModel.Dim"/>.</summary>
    public int Dim
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, model.Encoder.Dim);
            field = value;
        }
    } = model.Dim;

    /// <summary>Encodes <paramref name="texts"/>, in their order.</summary>
    /// <param name="texts">At most as many that all embeddings take 2 GiB; <see cref="WindowTexts"/> fit for every usual dimension.</param>
    /// <param name="encoded">Told the number of distinct texts that this rank has encoded since the last time.</param>
    /// <param name="cancellationToken">Looked at between blocks and in the collective.</param>
    public async ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<string> texts, IProgress<int>? encoded, CancellationToken cancellationToken)
    {
        var plan = new EncodingPlan(texts, CharactersPerToken * model.MaxTokens);
        var bounds = plan.Deal(collectives.WorldSize);
        var bytesPerText = (long)Dim * sizeof(float);
        var gathered = new byte[checked((int)(plan.Texts.Length * bytesPerText))];

        for (var block = bounds[collectives.Rank]; block < bounds[collectives.Rank + 1]; block++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (start, end) = (plan.BlockStart(block), plan.BlockStart(block + 1));
            EncodeBlock(plan.Texts.AsSpan(start, end - start), Rows(gathered)[(start * Dim)..(end * Dim)]);
            encoded?.Report(end - start);
        }

        var offsets = bounds.Select(block => plan.BlockStart(block) * bytesPerText).ToArray();
        await collectives.AllGatherAsync(gathered, offsets, cancellationToken);
        return plan.Restore(Rows(gathered), Dim);
    }

    private static Span<float> Rows(byte[] gathered) => MemoryMarshal.Cast<byte, float>(gathered.AsSpan());

    private void EncodeBlock(ReadOnlySpan<string> texts, Span<float> rows)
    {
        var tokens = new int[texts.Length][];
        var lengths = new int[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            tokens[i] = model.Tokenize(texts[i], _prompt);
            lengths[i] = tokens[i].Length;
        }

        using var numerics = FinalizerGate.Close();
        using var noGraph = no_grad();
        foreach (var microBatch in MicroBatchCutter.Cut(lengths, tokensPerMicroBatch))
        {
            using var scope = NewDisposeScope();
            var input = EncoderInput.From([.. microBatch.Select(text => tokens[text])], [.. microBatch.Select(_ => _notPooled)]);
            var embeddings = model.Encoder.Encode(input, dropout: null, precision).narrow(1, 0, Dim); // [texts, dim]
            Scatter(embeddings.to(ScalarType.Float32).cpu().contiguous(), microBatch.AsSpan(), rows);
        }
    }

    private static void Scatter(Tensor embeddings, ReadOnlySpan<int> order, Span<float> rows)
    {
        var values = MemoryMarshal.Cast<byte, float>(embeddings.bytes);
        var dim = values.Length / order.Length;
        for (var i = 0; i < order.Length; i++)
            values.Slice(i * dim, dim).CopyTo(rows[(order[i] * dim)..]);
    }
}
