using System.Text;
using Distributed.Jobs.Sections;
using Distributed.Jobs.Yaml;

namespace Distributed.Jobs;

/// <summary>Reads job files: YAML whose keys are the options' names in snake_case. See <see cref="Template"/> for all of them.</summary>
public static class JobFile
{
    private const int MaxBytes = 1 << 20;

    /// <summary>A job file with every key and what it means, to start from.</summary>
    public static string Template { get; } = ReadTemplate();

    /// <summary>The job that a file describes. Relative paths in it start from the file's folder and come out absolute.</summary>
    /// <exception cref="JobFileException">The file cannot be read or has mistakes; the exception holds all of them.</exception>
    public static Job Load(string path)
    {
        var scope = new JobFileScope(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var job = ReadText(path, scope.Mistakes) is { } text ? Parse(text, scope) : null;
        return job is not null && scope.Mistakes.IsEmpty ? job : throw new JobFileException(path, scope.Mistakes.ToSorted());
    }

    private static Job? Parse(string text, JobFileScope scope)
    {
        if (YamlDocument.Parse(text, scope.Mistakes) is not { } root)
            return null;
        Job job;
        using (var keys = new Section(scope, path: "", line: 0, root.Entries))
            job = JobSection.Read(keys);
        JobRules.Check(job, scope);
        return job;
    }

    private static string? ReadText(string path, MistakeList mistakes)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var bytes = new byte[MaxBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length <= MaxBytes)
                return Decode(bytes.AsSpan(0, length));
            mistakes.Add(0, "larger than 1 MiB, so it is no job file");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            mistakes.Add(0, "no such file");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            mistakes.Add(0, $"cannot be read: {exception.Message}");
        }
        catch (DecoderFallbackException)
        {
            mistakes.Add(0, "not UTF-8 text, so it is no job file");
        }
        return null;
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
    }

    private static string ReadTemplate()
    {
        using var stream = typeof(JobFile).Assembly.GetManifestResourceStream("template.yaml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
