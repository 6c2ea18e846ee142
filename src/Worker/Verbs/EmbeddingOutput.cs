using Distributed.Training.Inference.Output;

namespace Distributed.Worker.Verbs;

/// <summary>Where embeddings go. A file is written beside its place and appears, complete, on <see cref="Commit"/>; without it nothing is left.</summary>
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
            var console = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
            return new EmbeddingOutput(console, null, new JsonLinesEmbeddingWriter(console));
        }

        Func<Stream, IEmbeddingWriter> format = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".npy" => stream => new NumpyEmbeddingWriter(stream),
            ".safetensors" => stream => new SafetensorsEmbeddingWriter(stream),
            ".jsonl" => stream => new JsonLinesEmbeddingWriter(stream),
            _ => throw new VerbException($"{path}: write to a .npy, .safetensors or .jsonl file, or to - for standard output"),
        };
        var file = new AsideFile(path);
        return new EmbeddingOutput(file.Stream, file, format(file.Stream));
    }

    /// <summary>Ends the file, makes it durable and gives it its name.</summary>
    public void Commit()
    {
        Writer.Complete();
        _stream.Flush();
        _file?.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _stream.Dispose();
    }
}
