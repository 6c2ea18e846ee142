namespace Distributed.Training.Tests.Models.Folders;

/// <summary>Damages a file as a bad disk, a bad download or a bad person does: bytes flipped, cut, doubled, spliced in from another file, numbers made absurd.</summary>
/// <param name="random">Names the damage.</param>
internal sealed class FolderDamage(Random random)
{
    private static readonly string[] Fragments =
    [
        "0", "-1", "1e999", "1e30", "99999999999999999999", "2147483647", "4294967296", "null", "true", "\"\"", "[]", "{}", "[[[[[[[[", "\"\\u0000\"", "\"\\ud800\"", "../",
        "\"pooling_mode\"", "\"a\":", ",", ":", "\n", "\u00e9", "NaN", "[[[[]]]]", "{\"type\":\"Sequence\"}", "\"model_type\": \"bert\"", "9", "00",
    ];

    /// <summary>A damaged copy.</summary>
    /// <param name="content">The file.</param>
    /// <param name="end">Damage starts before this place.</param>
    /// <param name="other">Another file, to take bytes from.</param>
    public byte[] Of(byte[] content, int end, byte[] other)
    {
        var damaged = new List<byte>(content);
        for (var wounds = random.Next(1, 4); wounds > 0 && damaged.Count > 0; wounds--)
            Wound(damaged, random.Next(Math.Min(end, damaged.Count)), other);
        return [.. damaged];
    }

    private void Wound(List<byte> content, int place, byte[] other)
    {
        var length = Math.Min(content.Count - place, 1 + (int)Math.Pow(2, random.NextDouble() * 10));
        switch (random.Next(8))
        {
            case 0: // a bit
                content[place] ^= (byte)(1 << random.Next(8));
                break;
            case 1: // a byte
                content[place] = (byte)random.Next(256);
                break;
            case 2:
                content.RemoveRange(place, length);
                break;
            case 3:
                content.RemoveRange(place, content.Count - place);
                break;
            case 4:
                content.InsertRange(place, content.GetRange(place, length));
                break;
            case 5:
                var from = random.Next(other.Length);
                content.InsertRange(place, other.AsSpan(from, Math.Min(length, other.Length - from)).ToArray());
                break;
            case 6:
                content.InsertRange(place, System.Text.Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)]));
                break;
            default:
                ReplaceToken(content, place);
                break;
        }
    }

    // The JSON value that the place is in, as far as commas and brackets tell.
    private void ReplaceToken(List<byte> content, int place)
    {
        var start = content.FindLastIndex(place, IsBorder) + 1;
        var end = content.FindIndex(place, IsBorder);
        content.RemoveRange(start, Math.Max((end < 0 ? content.Count : end) - start, 0));
        content.InsertRange(start, System.Text.Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)]));

        static bool IsBorder(byte value) => value is (byte)':' or (byte)',' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}';
    }
}
