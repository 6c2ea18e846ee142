using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Distributed.Jobs;

namespace Distributed.Training.Evaluation;

/// <summary>What model cards have in common.</summary>
internal static class ModelCardParts
{
    /// <summary>Commands that embed texts with the model.</summary>
    public const string EncodeCommands =
        """
        distributed encode --model path/to/this/folder --text "a first text"
        distributed encode --model path/to/this/folder --input texts.txt --output embeddings.npy
        """;

    /// <summary>The first lines of the front matter.</summary>
    public static void Opening(StringBuilder card)
    {
        card.AppendLine("---").AppendLine("library_name: sentence-transformers").AppendLine("pipeline_tag: sentence-similarity");
        card.AppendLine("tags:").AppendLine("- sentence-transformers").AppendLine("- sentence-similarity").AppendLine("- feature-extraction");
    }

    /// <summary>What the model is.</summary>
    public static void Properties(StringBuilder card, ModelFacts facts)
    {
        Table(card, ("property", "value"),
            ("weights", Text($"{facts.Parameters:N0}")),
            ("embedding", Text($"{facts.Dim} dimensions, {PoolingText(facts.Poolings)} pooling{(facts.Normalize ? ", length 1" : "")}")),
            ("longest text", Text($"{facts.MaxTokens} tokens; the rest is cut")),
            ("similarity", "cosine"),
            ("prompts", facts.Prompts.IsEmpty ? "none" : string.Join(", ", facts.Prompts.Select(prompt => $"{prompt.Key} `{OneLine(prompt.Value)}`"))));
    }

    /// <summary>How to use it.</summary>
    public static void Usage(StringBuilder card, int dim, string commands) => card.Append(Text($$"""
        ## Use

        In Python:

        ```python
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer("path/to/this/folder")
        embeddings = model.encode(["a first text", "a second text"])
        print(embeddings.shape)  # (2, {{dim}})
        print(model.similarity(embeddings, embeddings))
        ```

        On the command line:

        ```sh
        {{commands}}
        ```


        """));

    /// <summary>A table of two columns.</summary>
    public static void Table(StringBuilder card, (string, string) heading, params ReadOnlySpan<(string, string)> rows)
    {
        card.AppendLine(Text($"| {heading.Item1} | {heading.Item2} |")).AppendLine("|---|---|");
        foreach (var (key, value) in rows)
            card.AppendLine(Text($"| {key} | {value.Replace("|", "\\|", StringComparison.Ordinal)} |"));
        card.AppendLine();
    }

    /// <summary>A value of an enum as a word.</summary>
    public static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>A YAML string.</summary>
    public static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Text that fits between backticks in a table.</summary>
    public static string OneLine(string text) => text.ReplaceLineEndings("↵").Replace('`', '\'');

    /// <summary>Numbers as everywhere.</summary>
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string PoolingText(ImmutableArray<PoolingMode> poolings) => string.Join(" + ", poolings.Select(pooling => pooling switch
    {
        PoolingMode.MeanSqrtLength => "mean over √length",
        PoolingMode.WeightedMean => "weighted mean",
        PoolingMode.LastToken => "last token",
        _ => Lower(pooling),
    }));
}
