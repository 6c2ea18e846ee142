using System.Globalization;
using Distributed.Training.Inference.Output;
using Distributed.Worker.Verbs.Files;

namespace Distributed.Worker.Verbs.Encode;

/// <summary>Where embeddings go. A file appears, complete, on <see cref="Commit"/>; without it nothing is left.</summary>
internal sealed class EmbeddingOutput : IDisposable
{
    private readonly Stream _stream;
    private readonly AsideFile? _file; // null: standard output
    private readonly IEmbeddingWriter _writer;
    private long _rows;

    private EmbeddingOutput(Stream stream, AsideFile? file, IEmbeddingWriter writer) => (_stream, _file, _writer) = (stream, file, writer);

    /// <summary>What was written, for the user; null for standard output, which says it itself.</summary>
    public string? Summary => _file is null ? null : string.Create(CultureInfo.InvariantCulture, $"wrote {_file.Name}: {_rows:N0} rows");

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

    /// <summary>Adds embeddings.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    public async ValueTask WriteAsync(IReadOnlyList<string> texts, EmbeddingRows rows, CancellationToken cancellationToken)
    {
        try
        {
            await _writer.WriteAsync(texts, rows, cancellationToken);
            _rows += texts.Count;
        }
        catch (IOException exception) when (_file is not null)
        {
            throw _file.CannotWrite(exception);
        }
    }

    /// <summary>Ends the content.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _writer.CompleteAsync(cancellationToken);
            await _stream.FlushAsync(cancellationToken);
        }
        catch (IOException exception) when (_file is not null)
        {
            throw _file.CannotWrite(exception);
        }
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
