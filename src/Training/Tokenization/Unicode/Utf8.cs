using System.Buffers;
using System.Text;

namespace Distributed.Training.Tokenization.Unicode;

/// <summary>Code points of UTF-8 that is known to be valid.</summary>
internal static class Utf8
{
    /// <summary>The code point at a place, and its length in bytes.</summary>
    public static int Read(ReadOnlySpan<byte> text, int place, out int length)
    {
        var first = text[place];
        if (first < 0x80)
        {
            length = 1;
            return first;
        }

        if (Rune.DecodeFromUtf8(text[place..], out var rune, out length) != OperationStatus.Done)
            throw new InvalidOperationException("text inside the tokenizer is not UTF-8");
        return rune.Value;
    }

    /// <summary>The code point that ends at a place.</summary>
    public static int ReadBefore(ReadOnlySpan<byte> text, int place, out int length)
    {
        length = 1;
        while ((text[place - length] & 0xC0) == 0x80)
            length++;
        return Read(text, place - length, out _);
    }

    /// <summary>Length in bytes of the code point that starts with a byte.</summary>
    public static int LengthOf(byte first) => first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;

    /// <summary>How many code points there are.</summary>
    public static int Count(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var unit in text)
            count += (unit & 0xC0) == 0x80 ? 0 : 1;
        return count;
    }
}
