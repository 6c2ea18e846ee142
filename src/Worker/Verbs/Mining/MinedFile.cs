using System.IO.Compression;
using Distributed.Training.Mining;
using Distributed.Worker.Verbs.Files;

namespace Distributed.Worker.Verbs.Mining;

/// <summary>The file of mined pairs; it appears, complete, on <see cref="Commit"/>.</summary>
internal sealed class MinedFile(MinedLayout layout) : IDisposable
{
    // Often enough that an interrupted command ends at once.
    private const int RowsBetweenChecks = 1024;

    private readonly AsideFile _file = new(layout.Path);

    /// <summary>Whether a path's extension names a format that is written.</summary>
    public static bool IsSupported(string path) =>
        path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) || IsCompressed(path);

    /// <summary>Finds out, before hours of work, whether the file can be written.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public static void RequireWritable(string path)
    {
        using var probe = new AsideFile(path);
        if (Directory.Exists(path))
            throw new IOException($"{path}: there is a folder of that name");
    }

    /// <summary>Writes all pairs, in their order, and counts them.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    public MiningSummary Write(MineInput columns, MiningOptions options, MiningSet set, MinedNegatives mined, CancellationToken cancellationToken)
    {
        try
        {
            var summary = WriteRows(columns, options, set, mined, cancellationToken);
            _file.Stream.Flush();
            return summary;
        }
        catch (IOException exception)
        {
            throw _file.CannotWrite(exception);
        }
    }

    /// <summary>Makes it durable and gives it its name.</summary>
    public void Commit() => _file.Commit();

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private MiningSummary WriteRows(MineInput columns, MiningOptions options, MiningSet set, MinedNegatives mined, CancellationToken cancellationToken)
    {
        using var packed = IsCompressed(layout.Path) ? new GZipStream(_file.Stream, CompressionLevel.Optimal, leaveOpen: true) : null;
        using var buffer = packed is null ? null : new BufferedStream(packed, 1 << 16); // the file has one of its own, and stays open
        using var rows = new MinedRowWriter(buffer ?? (Stream)_file.Stream, layout, columns, set, mined);
        var summary = new MiningSummary(options.Negatives);
        var written = new bool[set.Queries.Length];
        for (var i = 0; i < set.Rows.Length; i++)
        {
            if (i % RowsBetweenChecks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var row = set.Rows[i];
            var isLeftOut = layout.Incomplete is IncompletePairs.Drop && mined.Of(row.Query).Length < options.Negatives;
            summary.Add(mined.PositiveScore(row), mined.Of(row.Query), isLeftOut);
            if (isLeftOut)
                continue;
            rows.Write(row, !written[row.Query]);
            written[row.Query] = true;
        }

        summary.Lines = rows.Lines;
        return summary;
    }

    private static bool IsCompressed(string path) => path.EndsWith(".jsonl.gz", StringComparison.OrdinalIgnoreCase);
}
