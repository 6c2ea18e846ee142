using System.Runtime.InteropServices;
using System.Text;
using Distributed.Training.Inference;
using Distributed.Worker.Verbs.Files;

namespace Distributed.Worker.Verbs.Encode;

/// <summary>
/// Texts and embeddings on disk while the ranges of all of them are not known yet: encoding takes far longer than reading them back, and standard input
/// can be read once only. The file has no name, so that nothing is left of it.
/// </summary>
internal sealed class EmbeddingSpill : IDisposable
{
    private readonly FileStream _file;
    private readonly string _folder;
    private int _windows;

    /// <summary>Begins an empty one.</summary>
    /// <param name="folder">On whose file system it is kept.</param>
    public EmbeddingSpill(string folder) => (_folder, _file) = (folder, UnnamedFile.TryOpen(folder) ?? Named(folder));

    /// <summary>Adds a window.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(IReadOnlyCollection<string> texts, EmbeddingMatrix embeddings)
    {
        try
        {
            WriteWindow(texts, embeddings);
        }
        catch (IOException exception)
        {
            throw new IOException($"{_folder}: the embeddings cannot be kept until their ranges are known: {exception.Message}", exception);
        }
    }

    /// <summary>The windows, in their order.</summary>
    public IEnumerable<(string[] Texts, EmbeddingMatrix Embeddings)> Read()
    {
        _file.Position = 0;
        using var reader = new BinaryReader(_file, Encoding.UTF8, leaveOpen: true);
        for (var window = 0; window < _windows; window++)
        {
            var (count, dim) = (reader.ReadInt32(), reader.ReadInt32());
            var texts = new string[count];
            for (var i = 0; i < count; i++)
                texts[i] = reader.ReadString();
            var values = new float[count * dim];
            reader.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            yield return (texts, new EmbeddingMatrix(values, dim));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // Closing flushes, which fails again where writing has failed; nothing is kept in any case.
        }
    }

    private void WriteWindow(IReadOnlyCollection<string> texts, EmbeddingMatrix embeddings)
    {
        using var writer = new BinaryWriter(_file, Encoding.UTF8, leaveOpen: true);
        writer.Write(texts.Count);
        writer.Write(embeddings.Dim);
        foreach (var text in texts)
            writer.Write(text);
        writer.Write(MemoryMarshal.AsBytes<float>(embeddings.Values));
        writer.Flush();
        _windows++;
    }

    private static FileStream Named(string folder) => new(
        Path.Combine(folder, $".distributed-{Guid.NewGuid():N}.partial"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
}
