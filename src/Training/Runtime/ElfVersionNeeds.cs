using System.Buffers.Binary;
using System.Text;

namespace Distributed.Training.Runtime;

/// <summary>
/// The symbol versions that a 64-bit little-endian ELF library needs from others (section .gnu.version_r: a chain of Verneed records, one a
/// library, each with a chain of Vernaux records, one a version).
/// </summary>
internal static class ElfVersionNeeds
{
    private const uint VersionNeedSection = 0x6ffffffe; // SHT_GNU_verneed
    private const byte WeakFlag = 2; // VER_FLG_WEAK

    /// <summary>
    /// A copy of <paramref name="image"/> in which the need of <paramref name="version"/> from <paramref name="library"/> is weak, so that the
    /// dynamic linker only warns where the version is missing. Null if the image is no such ELF file or has no such need.
    /// </summary>
    public static byte[]? Weaken(ReadOnlySpan<byte> image, string library, string version)
    {
        try
        {
            return FindFlags(image, library, version) is { } offset ? WithWeakFlag(image, offset) : null;
        }
        catch (Exception malformed) when (malformed is ArgumentOutOfRangeException or OverflowException)
        {
            return null;
        }
    }

    private static byte[] WithWeakFlag(ReadOnlySpan<byte> image, int offset)
    {
        var copy = image.ToArray();
        copy[offset] |= WeakFlag;
        return copy;
    }

    private static int? FindFlags(ReadOnlySpan<byte> image, string library, string version)
    {
        if (image.Length < 64 || !image[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
            return null;
        var table = checked((int)BinaryPrimitives.ReadInt64LittleEndian(image[0x28..]));
        var size = UInt16(image, 0x3a);
        for (var section = 0; section < UInt16(image, 0x3c); section++)
        {
            var header = checked(table + section * size);
            if (UInt32(image, header + 4) != VersionNeedSection)
                continue;
            var strings = Address(image, table + Int32(image, header + 0x28) * size + 0x18);
            if (FindFlags(image, Address(image, header + 0x18), strings, library, version) is { } offset)
                return offset;
        }

        return null;
    }

    private static int? FindFlags(ReadOnlySpan<byte> image, int need, int strings, string library, string version)
    {
        for (var last = false; !last;)
        {
            var entry = need + Int32(image, need + 8);
            for (var left = Holds(image, strings + Int32(image, need + 4), library) ? UInt16(image, need + 2) : 0; left > 0; left--)
            {
                if (Holds(image, strings + Int32(image, entry + 8), version))
                    return entry + 4;
                entry += Int32(image, entry + 12);
            }

            var next = Int32(image, need + 12);
            last = next <= 0;
            need = checked(need + next);
        }

        return null;
    }

    private static bool Holds(ReadOnlySpan<byte> image, int offset, string text)
        => image.Slice(offset, text.Length + 1) is var slot && slot[^1] == 0 && slot[..^1].SequenceEqual(Encoding.ASCII.GetBytes(text));

    private static int Address(ReadOnlySpan<byte> image, int offset) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(image[offset..]));

    private static int Int32(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadInt32LittleEndian(image[offset..]);

    private static uint UInt32(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(image[offset..]);

    private static int UInt16(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(image[offset..]);
}
