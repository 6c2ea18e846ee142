namespace Distributed.Cli.Display;

/// <summary>Commands to copy into a shell.</summary>
internal static class ShellText
{
    /// <summary>The words as one command line; those with characters that a shell would act on are quoted.</summary>
    public static string Join(params IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    private static string Quote(string word)
        => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/._-=:,+@%".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
