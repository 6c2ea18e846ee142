using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Distributed.Training.Inference.Output;

/// <summary>JSON Lines: <c>{"text":"…","embedding":[…]}</c>, each number in the fewest digits that give it back.</summary>
public sealed class JsonLinesEmbeddingWriter(Stream stream) : IEmbeddingWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A number is not finite: JSON has none such.</exception>
    public ValueTask WriteAsync(IReadOnlyList<string> texts, EmbeddingRows rows, CancellationToken cancellationToken)
    {
        using var json = new Utf8JsonWriter(stream, Options);
        for (var i = 0; i < texts.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteRow(json, texts[i], rows, i);
            json.Flush();
            stream.WriteByte((byte)'\n');
            json.Reset();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private static void WriteRow(Utf8JsonWriter json, string text, EmbeddingRows rows, int index)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteStartArray("embedding");
        WriteNumbers(json, text, rows.Type, rows.Row(index));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string text, ElementType type, ReadOnlySpan<byte> row)
    {
        switch (type)
        {
            case ElementType.Float32:
                foreach (var value in MemoryMarshal.Cast<byte, float>(row))
                    json.WriteNumberValue(Finite(value, text));
                break;
            case ElementType.Float16:
                foreach (var value in MemoryMarshal.Cast<byte, Half>(row))
                    json.WriteNumberValue(Finite((float)value, text));
                break;
            case ElementType.Int8:
                foreach (var value in row)
                    json.WriteNumberValue((sbyte)value);
                break;
            default:
                foreach (var value in row)
                    json.WriteNumberValue(value);
                break;
        }
    }

    private static float Finite(float value, string text) =>
        float.IsFinite(value) ? value : throw new InvalidDataException($"the embedding of \"{text}\" holds {value}");
}
