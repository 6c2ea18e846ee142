using System.Text.Encodings.Web;
using System.Text.Json;

namespace Distributed.Training.Inference.Output;

/// <summary>JSON Lines: <c>{"text":"…","embedding":[…]}</c>, each number in the fewest digits that give it back.</summary>
public sealed class JsonLinesEmbeddingWriter(Stream stream) : IEmbeddingWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A number is not finite: JSON has none such.</exception>
    public void Write(IReadOnlyList<string> texts, EmbeddingMatrix embeddings)
    {
        using var json = new Utf8JsonWriter(stream, Options);
        for (var i = 0; i < texts.Count; i++)
        {
            WriteRow(json, texts[i], embeddings.Row(i));
            json.Flush();
            stream.WriteByte((byte)'\n');
            json.Reset();
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    private static void WriteRow(Utf8JsonWriter json, string text, ReadOnlySpan<float> row)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteStartArray("embedding");
        foreach (var value in row)
        {
            if (!float.IsFinite(value))
                throw new InvalidDataException($"the embedding of \"{text}\" holds {value}");
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
