using Distributed.Jobs.Losses;
using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `loss.matryoshka:`.</summary>
internal static class MatryoshkaSection
{
    public static MatryoshkaOptions Read(Section keys) => new()
    {
        Dims = [.. keys.NumberList("dims", NumberRange.WholeFromOne, isRequired: true).Select(dim => (int)dim)],
        Weights = keys.NumberList("weights", NumberRange.Positive, isRequired: false),
    };
}
