namespace Distributed.Training.Inference.Output;

/// <summary>Rows as a file holds them.</summary>
/// <param name="Type">Format of a number.</param>
/// <param name="Columns">Numbers of a row; of packed bits an eighth of the embedding's dimension, rounded up.</param>
/// <param name="Data">Row after row, little-endian.</param>
public sealed record EmbeddingRows(ElementType Type, int Columns, ReadOnlyMemory<byte> Data)
{
    /// <summary>Bytes of a number.</summary>
    public int ElementBytes => SizeOf(Type);

    /// <summary>Number of rows.</summary>
    public int Count => Data.Length / (Columns * ElementBytes);

    /// <summary>The bytes of one row.</summary>
    public ReadOnlySpan<byte> Row(int index) => Data.Span.Slice(index * Columns * ElementBytes, Columns * ElementBytes);

    /// <summary>Bytes of a number.</summary>
    public static int SizeOf(ElementType type) => type switch
    {
        ElementType.Float32 => sizeof(float),
        ElementType.Float16 => sizeof(ushort),
        _ => sizeof(byte),
    };
}
