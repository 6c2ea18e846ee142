using System.Text;
using System.Text.Json;
using Distributed.Training.Models;

namespace Distributed.Training.Tokenization.Files;

/// <summary>Reads the tokens of a model and checks them before anything is built from them.</summary>
internal static class VocabularyReader
{
    /// <summary>Ids are below this.</summary>
    public const int MostIds = 1 << 24;

    private const int MostBytes = 1 << 25;

    /// <summary>Tokens and ids of an object <c>{"token": id}</c>.</summary>
    /// <exception cref="ModelFormatException">An id is no id, or two tokens have one.</exception>
    public static Vocabulary Read(string path, JsonElement tokens)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var owners = new Dictionary<int, string>();
        var bytes = 0L;
        foreach (var token in tokens.EnumerateObject())
        {
            var id = Id(path, token.Name, token.Value);
            if (!owners.TryAdd(id, token.Name) && owners[id] != token.Name)
                throw new ModelFormatException(path, $"the tokens {owners[id].Cut()} and {token.Name.Cut()} have the same id {id}");
            ids[token.Name] = id;
            bytes = Count(path, bytes, token.Name);
        }

        return new Vocabulary(ids);
    }

    /// <summary>The pieces of a list <c>[["piece", score]]</c>.</summary>
    /// <exception cref="ModelFormatException">An entry is another thing.</exception>
    public static IEnumerable<KeyValuePair<string, double>> Pieces(JsonFile model)
    {
        var bytes = 0L;
        foreach (var entry in model.List("vocab"))
        {
            if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() != 2 || entry[0].ValueKind != JsonValueKind.String
                || entry[1].ValueKind != JsonValueKind.Number || !entry[1].TryGetDouble(out var score) || !double.IsFinite(score))
                throw new ModelFormatException(model.Path, $"vocab has the entry {entry.GetRawText().Cut()}, [piece, score] was expected");
            var piece = entry[0].GetString()!;
            bytes = Count(model.Path, bytes, piece);
            yield return KeyValuePair.Create(piece, score);
        }
    }

    /// <summary>An id of a token.</summary>
    /// <exception cref="ModelFormatException">It is none.</exception>
    public static int Id(string path, string token, JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var id) && id is >= 0 and < MostIds
            ? id
            : throw new ModelFormatException(path, $"the token {token.Cut()} has the id {value.GetRawText().Cut()}; ids from 0 to {MostIds - 1} are possible");

    private static long Count(string path, long bytes, string token)
        => bytes + Encoding.UTF8.GetByteCount(token) is <= MostBytes and var sum
            ? sum
            : throw new ModelFormatException(path, $"the vocabulary is larger than {MostBytes >> 20} MiB");
}
