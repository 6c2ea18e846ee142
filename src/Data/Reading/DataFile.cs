namespace Distributed.Data.Reading;

/// <summary>Opens and reads data files, and turns what goes wrong into one clear line.</summary>
internal static class DataFile
{
    /// <summary>The content of a file, unpacked where its name ends in `.gz`.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, or is empty.</exception>
    public static Stream Open(string path)
    {
        var file = OpenRaw(path);
        var isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        if (file.Length == 0)
        {
            file.Dispose();
            throw new DataFormatException(path, 0, "the file is empty");
        }
        return isCompressed ? new GzipReadStream(file) : file;
    }

    /// <summary>Reads the next bytes; <paramref name="line"/> is where the file has been read to.</summary>
    public static int Read(Stream stream, string path, long line, Span<byte> buffer)
    {
        try
        {
            return stream.Read(buffer);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw Unreadable(path, line, exception);
        }
    }

    /// <summary>The exception that says why a file could not be read on.</summary>
    public static DataFormatException Unreadable(string path, long line, Exception exception) => exception is InvalidDataException
        ? new DataFormatException(path, line, exception.Message)
        : new DataFormatException(path, line, $"cannot be read: {exception.Message}");

    private static FileStream OpenRaw(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFormatException(path, 0, "no such file");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DataFormatException(path, 0, $"cannot be read: {exception.Message}");
        }
    }
}
