using System.CommandLine;
using Distributed.Jobs;
using Distributed.Training.Inference.Quantization;

namespace Distributed.Worker.Verbs.Encode;

/// <summary>The options of `encode` that say what is done with a text and with its embedding.</summary>
internal sealed class EncodeSettingOptions
{
    private const int DefaultThreads = 1;

    private readonly Option<string?> _prompt = new("--prompt") { Description = "What the model reads before each text, such as \"query: \"; without it the model's default prompt." };
    private readonly Option<string?> _promptName = new("--prompt-name") { Description = "The same by its name in the model's config_sentence_transformers.json, such as query.", HelpName = "NAME" };
    private readonly Option<int?> _truncateDim = VerbOptions.Positive("--truncate-dim", "Keep so many numbers of an embedding, the first ones; for models that were trained for it.");
    private readonly Option<bool> _normalize = new("--normalize") { Description = "Scale embeddings to length 1, after they are cut." };
    private readonly Option<EmbeddingDtype> _dtype = VerbOptions.Choice(
        "--dtype", "Numbers of the output: as computed or rounded to 16 bits, 256 steps between the ends of each dimension's range, or a bit each, packed.",
        ("float32", EmbeddingDtype.Float32), ("float16", EmbeddingDtype.Float16), ("int8", EmbeddingDtype.Int8), ("uint8", EmbeddingDtype.UInt8),
        ("binary", EmbeddingDtype.Binary), ("ubinary", EmbeddingDtype.UBinary));
    private readonly Option<Precision> _precision = VerbOptions.Choice(
        "--precision", "Matrix products of the encoder.", ("float32", Precision.Float32), ("bfloat16", Precision.BFloat16), ("bf16", Precision.BFloat16));
    private readonly Option<int?> _threads = VerbOptions.Threads($"Threads of matrix products in each process; default {DefaultThreads}. They may change the last bits of an embedding.");
    private readonly Option<int?> _tokens = VerbOptions.BatchTokens();

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_prompt, _promptName, _truncateDim, _normalize, _dtype, _precision, _threads, _tokens])
            command.Options.Add(option);
    }

    /// <summary>What is done with a text.</summary>
    public EncodeSettings Settings(ParseResult arguments) => new(
        arguments.GetValue(_prompt),
        arguments.GetValue(_promptName),
        arguments.GetValue(_truncateDim),
        arguments.GetValue(_normalize),
        arguments.GetValue(_precision),
        arguments.GetValue(_threads) ?? DefaultThreads,
        arguments.GetValue(_tokens) ?? VerbOptions.DefaultBatchTokens);

    /// <summary>What becomes of the numbers.</summary>
    public EmbeddingDtype Dtype(ParseResult arguments) => arguments.GetValue(_dtype);

    /// <summary>What cannot be done; null: nothing.</summary>
    public string? Conflict(ParseResult arguments) =>
        arguments.GetValue(_prompt) is not null && arguments.GetValue(_promptName) is not null ? "give --prompt or --prompt-name, not both" : null;
}
