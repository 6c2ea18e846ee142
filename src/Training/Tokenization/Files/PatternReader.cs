using System.Text;
using Distributed.Training.Models;
using Distributed.Training.Tokenization.PreTokenizers;
using Distributed.Training.Tokenization.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tokenization.Files;

/// <summary>
/// Reads the pattern of Replace and Split: a string, or one of the regular expressions of published tokenizers. There is no engine for others: .NET's
/// knows another Unicode version and other rules.
/// </summary>
internal static class PatternReader
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Cl100kEnd = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Cl100kStart = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|";

    /// <summary>The pattern of a section.</summary>
    /// <exception cref="ModelFormatException">There is none, or an unknown regular expression.</exception>
    public static ITextPattern Read(JsonFile section)
    {
        var pattern = section.Object("pattern") ?? throw new ModelFormatException(section.Path, $"{section.Text("type")} has no pattern");
        if (pattern.Text("String") is { } literal)
        {
            return literal.Length > 0
                ? new LiteralPattern(Encoding.UTF8.GetBytes(literal))
                : throw new ModelFormatException(section.Path, $"{section.Text("type")} has an empty pattern");
        }

        return Regex(section, pattern.Text("Regex") ?? throw new ModelFormatException(section.Path, $"{section.Text("type")} has neither String nor Regex"));
    }

    private static ITextPattern Regex(JsonFile section, string expression) => expression switch
    {
        " {2,}" => new RunPattern(codePoint => codePoint == ' ' ? 1 : 0, least: 2),
        " +" => new RunPattern(codePoint => codePoint == ' ' ? 1 : 0),
        @"\s+" => RunPattern.White,
        @"\s" => RunPattern.Each(UnicodeTables.IsWhite),
        @"\w+|[^\w\s]+" => RunPattern.Words,
        Gpt2 => new Gpt2Pattern(),
        Cl100kStart + @"\p{N}{1,3}" + Cl100kEnd => new Cl100kPattern(mostDigits: 3),
        Cl100kStart + @"\p{N}" + Cl100kEnd => new Cl100kPattern(mostDigits: 1),
        _ => throw new ModelFormatException(section.Path, $"{section.Text("type")} has the regular expression {expression.Cut()}, which is not supported"),
    };
}
