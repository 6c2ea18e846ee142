using System.Collections.Immutable;
using Distributed.Jobs;

namespace Distributed.Benchmarks.Throughput;

/// <summary>One line of the throughput table: what is trained on what.</summary>
/// <param name="Name">Name on the command line and in the table.</param>
/// <param name="Shape">Encoder.</param>
/// <param name="Rows">Rows of a step.</param>
/// <param name="Columns">Texts of a row: 2 for pairs, 3 with a hard negative.</param>
/// <param name="Tokens">Tokens of every text; null: texts of data/wordnet with their real lengths.</param>
/// <param name="Precision">Arithmetic of matrix products.</param>
internal sealed record BenchmarkCase(string Name, EncoderShape Shape, int Rows, int Columns, int? Tokens, Precision Precision)
{
    /// <summary>Dropout probability of all cases.</summary>
    public const double Dropout = 0.1;

    /// <summary>Factor on the similarity of all cases.</summary>
    public const double Scale = 20;

    /// <summary>All cases, float32 and bfloat16.</summary>
    public static ImmutableArray<BenchmarkCase> All { get; } =
    [
        .. Both("wordnet", EncoderShape.Wordnet, 256, 3, null),
        .. Both("minilm-32", EncoderShape.MiniLm, 64, 2, 32),
        .. Both("minilm-128", EncoderShape.MiniLm, 64, 2, 128),
        .. Both("minilm-real", EncoderShape.MiniLm, 64, 2, null),
    ];

    private static BenchmarkCase[] Both(string name, EncoderShape shape, int rows, int columns, int? tokens) =>
    [
        new(name, shape, rows, columns, tokens, Precision.Float32),
        new($"{name}-bf16", shape, rows, columns, tokens, Precision.BFloat16),
    ];
}
