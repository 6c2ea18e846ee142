using Distributed.Data.Files;
using Distributed.Training.Inference.Output;

namespace Distributed.Worker.Verbs;

/// <summary>Where embeddings go. A file is written beside its place and appears, complete, on <see cref="Commit"/>; without it nothing is left.</summary>
internal sealed class EmbeddingOutput : IDisposable
{
    private readonly Stream _stream;
    private readonly string? _path;    // null: standard output
    private readonly string? _aside;

    private EmbeddingOutput(Stream stream, string? path, string? aside, IEmbeddingWriter writer) =>
        (_stream, _path, _aside, Writer) = (stream, path, aside, writer);

    /// <summary>Takes the embeddings.</summary>
    public IEmbeddingWriter Writer { get; }

    /// <summary>Opens a file, by its extension, or standard output for `-`.</summary>
    /// <exception cref="VerbException">The extension names no format.</exception>
    public static EmbeddingOutput Open(string path)
    {
        if (path == "-")
        {
            var console = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
            return new EmbeddingOutput(console, null, null, new JsonLinesEmbeddingWriter(console));
        }

        Func<Stream, IEmbeddingWriter> format = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".npy" => stream => new NumpyEmbeddingWriter(stream),
            ".safetensors" => stream => new SafetensorsEmbeddingWriter(stream),
            ".jsonl" => stream => new JsonLinesEmbeddingWriter(stream),
            _ => throw new VerbException($"{path}: write to a .npy, .safetensors or .jsonl file, or to - for standard output"),
        };
        var full = Path.GetFullPath(path);
        var aside = $"{full}.{Environment.ProcessId}.partial";
        var file = new FileStream(aside, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
        return new EmbeddingOutput(file, full, aside, format(file));
    }

    /// <summary>Ends the file, makes it durable and gives it its name.</summary>
    public void Commit()
    {
        Writer.Complete();
        _stream.Flush();
        if (_path is null || _aside is null)
            return;
        _stream.Dispose();
        Durable.SyncFile(_aside);
        File.Move(_aside, _path, overwrite: true);
        Durable.SyncDirectory(Path.GetDirectoryName(_path)!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Closing flushes, which can fail again where writing has failed; the file is going away in any case.
        if (_aside is not null && File.Exists(_aside))
            File.Delete(_aside);
        _stream.Dispose();
    }
}
