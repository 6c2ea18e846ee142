using System.Collections.Immutable;
using System.Text;
using static Distributed.Training.Evaluation.ModelCardParts;

namespace Distributed.Training.Evaluation;

/// <summary>The README.md of a model that an adapter was merged into: what it is, what it was made of and how to use it.</summary>
public static class MergedModelCard
{
    private const string Fence = "---";
    private const int MostLines = 1000;

    /// <summary>Writes the card.</summary>
    public static string Render(MergedModelFacts facts)
    {
        var card = new StringBuilder();
        Opening(card);
        foreach (var line in facts.License)
            card.AppendLine(line);
        card.AppendLine(Text($"base_model: {Quote(facts.BaseModel)}")).AppendLine(Fence).AppendLine();
        card.AppendLine(Text($"# {facts.Name}")).AppendLine();
        card.AppendLine(Text($"`{facts.BaseModel}` with the LoRA adapter `{facts.Adapter}` added to its weights.")).AppendLine();
        Properties(card, facts);
        Usage(card, facts.Dim, EncodeCommands);
        return card.Replace("\r\n", "\n").ToString().TrimEnd() + "\n";
    }

    /// <summary>The lines of a model folder's README.md that say its licence: license, and license_name and license_link of one without an identifier.</summary>
    public static ImmutableArray<string> LicenseOf(string folder)
    {
        var path = Path.Combine(folder, "README.md");
        return File.Exists(path)
            ? [.. FrontMatter(File.ReadLines(path).Take(MostLines)).Where(line => line.StartsWith("license", StringComparison.Ordinal) && !line.EndsWith(':'))]
            : [];
    }

    // The lines between the first line, if it is a fence, and the next fence.
    private static string[] FrontMatter(IEnumerable<string> lines)
    {
        var trimmed = lines.Select(line => line.TrimEnd()).ToArray();
        var end = trimmed is [Fence, ..] ? Array.IndexOf(trimmed, Fence, 1) : -1;
        return end > 0 ? trimmed[1..end] : [];
    }
}
