namespace Distributed.Training.Tokenization.Files;

/// <summary>Goes through the fields of a protobuf message. What a message holds cannot make it allocate anything.</summary>
/// <param name="message">The message.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The value of a field that is a number, its bits for fixed ones.</summary>
    public ulong Number { get; private set; }

    /// <summary>The value of a field that is a string, bytes, a message or a fixed number.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Reads the next field; false at the end.</summary>
    /// <exception cref="FormatException">The message is cut off or no message.</exception>
    public bool Next(out int field)
    {
        field = 0;
        if (_rest.IsEmpty)
            return false;
        var tag = Varint();
        field = (int)Math.Min(tag >> 3, int.MaxValue);
        Number = 0;
        Bytes = default;
        switch (tag & 7)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Bytes = Take(sizeof(ulong));
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Bytes = Take(sizeof(uint));
                break;
            default:
                throw new FormatException($"field {field} has the unknown wire type {tag & 7}");
        }

        return true;
    }

    /// <summary>The field as a message.</summary>
    public readonly ProtobufReader Message() => new(Bytes);

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
            throw new FormatException($"a field of {count} bytes is cut off after {_rest.Length}");
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    private ulong Varint()
    {
        var value = 0ul;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw new FormatException("a number has more than 64 bits");
    }
}
