using System.Collections.Immutable;
using Distributed.Training.Tokenization.Text;

namespace Distributed.Training.Tokenization.Unicode;

/// <summary>
/// GPT-2's alphabet of bytes: each has a visible character, printable ASCII and Latin-1 their own, the others those from U+0100 on (a space is Ġ).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly ImmutableArray<char> Characters = Create();

    /// <summary>The character that stands for a byte.</summary>
    public static char CharacterOf(byte value) => Characters[value];

    /// <summary>Writes bytes in the alphabet.</summary>
    public static void Write(ReadOnlySpan<byte> bytes, ByteBuffer destination)
    {
        var room = destination.Reserve(2 * bytes.Length);
        var count = 0;
        foreach (var value in bytes)
        {
            var character = Characters[value];
            if (character < 0x80)
            {
                room[count++] = (byte)character;
                continue;
            }

            room[count++] = (byte)(0xC0 | (character >> 6));
            room[count++] = (byte)(0x80 | (character & 0x3F));
        }

        destination.Advance(count);
    }

    private static ImmutableArray<char> Create()
    {
        var next = (char)0x100;
        return [.. Enumerable.Range(0, 256).Select(value => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : next++)];
    }
}
