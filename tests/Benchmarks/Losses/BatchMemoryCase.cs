using System.Globalization;

namespace Distributed.Benchmarks.Losses;

/// <summary>Training with so many rows a step: a small encoder of width 384, 16 tokens a text, 32 texts a micro-batch.</summary>
/// <param name="Loss">Kind of loss: mnrl or batch-hard.</param>
/// <param name="Rows">Rows of the global batch.</param>
/// <param name="DataRows">Rows of the training set, a multiple of those.</param>
internal sealed record BatchMemoryCase(string Loss, int Rows, int DataRows)
{
    /// <summary>Tokens of a text, special tokens included.</summary>
    public const int Tokens = 16;

    /// <summary>Texts of a micro-batch.</summary>
    public const int MicroBatch = 32;

    /// <summary>Rows of the batch that others are measured over.</summary>
    public const int FewRows = 64;

    /// <summary>Texts of a row.</summary>
    public int Columns => Loss == "mnrl" ? 2 : 1;

    /// <summary>As words of a command line.</summary>
    public IEnumerable<string> Words => [Loss, Rows.ToString(CultureInfo.InvariantCulture), DataRows.ToString(CultureInfo.InvariantCulture)];

    /// <summary>The case that <see cref="Words"/> says.</summary>
    public static BatchMemoryCase Parse(IReadOnlyList<string> words) => new(words[0], int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture));
}

/// <summary>What training took.</summary>
/// <param name="PeakBytes">Most memory that the process has held.</param>
/// <param name="Seconds">Time of the last step.</param>
internal sealed record BatchMemoryAnswer(long PeakBytes, double Seconds);
