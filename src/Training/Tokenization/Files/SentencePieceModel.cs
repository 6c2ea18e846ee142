using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Distributed.Training.Models;

namespace Distributed.Training.Tokenization.Files;

/// <summary>What a tokenizer needs of a SentencePiece model file, a protobuf message ModelProto.</summary>
internal sealed record SentencePieceModel
{
    private const int PiecesField = 1;
    private const int TrainerField = 2;
    private const int NormalizerField = 3;

    /// <summary>Pieces and scores, in the order of SentencePiece's ids.</summary>
    public required ImmutableArray<KeyValuePair<string, float>> Pieces { get; init; }

    /// <summary>Whether it is a unigram model; the others are of no use here.</summary>
    public required bool IsUnigram { get; init; }

    /// <summary>The normaliser's precompiled character map.</summary>
    public required ImmutableArray<byte> CharacterMap { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFormatException">It is damaged.</exception>
    public static SentencePieceModel Read(string path)
    {
        try
        {
            return Read(new ProtobufReader(ModelBytes.Read(path)));
        }
        catch (FormatException failure)
        {
            throw new ModelFormatException(path, $"no SentencePiece model: {failure.Message}", failure);
        }
    }

    private static SentencePieceModel Read(ProtobufReader message)
    {
        var pieces = ImmutableArray.CreateBuilder<KeyValuePair<string, float>>();
        var isUnigram = true; // the default of model_type
        ImmutableArray<byte> map = [];
        while (message.Next(out var field))
        {
            switch (field)
            {
                case PiecesField when pieces.Count == ModelBytes.MaxEntries:
                    throw new FormatException($"more than {ModelBytes.MaxEntries} pieces");
                case PiecesField:
                    pieces.Add(Piece(message.Message()));
                    break;
                case TrainerField:
                    isUnigram = ModelType(message.Message()) == 1;
                    break;
                case NormalizerField:
                    map = Map(message.Message());
                    break;
                default:
                    break;
            }
        }

        return new SentencePieceModel { Pieces = pieces.ToImmutable(), IsUnigram = isUnigram, CharacterMap = map };
    }

    private static KeyValuePair<string, float> Piece(ProtobufReader message)
    {
        var (text, score) = ("", 0f);
        while (message.Next(out var field))
        {
            if (field == 1)
                text = Encoding.UTF8.GetString(message.Bytes);
            else if (field == 2 && message.Bytes.Length == sizeof(float))
                score = BinaryPrimitives.ReadSingleLittleEndian(message.Bytes);
        }

        return float.IsFinite(score) ? KeyValuePair.Create(text, score) : throw new FormatException($"the piece {text.Cut()} has the score {score}");
    }

    private static ulong ModelType(ProtobufReader message)
    {
        var type = 1ul;
        while (message.Next(out var field))
        {
            if (field == 3)
                type = message.Number;
        }

        return type;
    }

    private static ImmutableArray<byte> Map(ProtobufReader message)
    {
        ImmutableArray<byte> map = [];
        while (message.Next(out var field))
        {
            if (field == 2)
                map = [.. message.Bytes];
        }

        return map;
    }
}
