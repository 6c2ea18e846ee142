using Distributed.Training.Inference.Output;
using Distributed.Worker.Verbs.Files;

namespace Distributed.Worker.Verbs.Encode;

/// <summary>Where embeddings go. A file appears, complete, on <see cref="Commit"/>; without it nothing is left.</summary>
internal sealed class EmbeddingOutput : IDisposable
{
    private readonly Stream _stream;
    private readonly AsideFile? _file; // null: standard output

    private EmbeddingOutput(Stream stream, AsideFile? file, IEmbeddingWriter writer) => (_stream, _file, Writer) = (stream, file, writer);

    /// <summary>Takes the embeddings.</summary>
    public IEmbeddingWriter Writer { get; }

    /// <summary>Opens a file, by its extension, or standard output for `-`.</summary>
    /// <exception cref="VerbException">The extension names no format.</exception>
    public static EmbeddingOutput Open(string path)
    {
        if (path == "-")
        {
            var console = new BufferedStream(DescriptorStream.OpenStandardOutput(), 1 << 16);
            return new EmbeddingOutput(console, null, new JsonLinesEmbeddingWriter(console));
        }

        var format = FormatOf(path) ?? throw new VerbException(Unsupported(path));
        if (Directory.Exists(path))
            throw new IOException($"{path}: there is a folder of that name");
        var file = new AsideFile(path);
        return new EmbeddingOutput(file.Stream, file, format(file.Stream));
    }

    /// <summary>What is wrong with a path; null: nothing.</summary>
    public static string? Conflict(string path) => path == "-" || FormatOf(path) is not null ? null : Unsupported(path);

    /// <summary>Ends the content.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await Writer.CompleteAsync(cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    /// <summary>Makes the file durable and gives it its name.</summary>
    public void Commit() => _file?.Commit();

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _stream.Dispose();
    }

    private static string Unsupported(string path) => $"{path}: write to a .npy, .safetensors, .parquet or .jsonl file, or to - for standard output";

    private static Func<Stream, IEmbeddingWriter>? FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".npy" => stream => new NumpyEmbeddingWriter(stream),
        ".safetensors" => stream => new SafetensorsEmbeddingWriter(stream),
        ".parquet" => stream => new ParquetEmbeddingWriter(stream),
        ".jsonl" => stream => new JsonLinesEmbeddingWriter(stream),
        _ => null,
    };
}
