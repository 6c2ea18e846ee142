using System.Text;

namespace Distributed.Training.Tokenization;

/// <summary>The word being collected, up to a number of code points.</summary>
/// <param name="initial">Memory to start with.</param>
/// <param name="maxLength">Longest word in code points.</param>
internal ref struct WordBuffer(Span<char> initial, int maxLength)
{
    private Span<char> _memory = initial;
    private int _chars;
    private int _length;

    public readonly bool IsEmpty => _length == 0;

    public readonly bool IsTooLong => _length > maxLength;

    /// <summary>The word. Cut where <see cref="IsTooLong"/>.</summary>
    public readonly ReadOnlySpan<char> Text => _memory[.._chars];

    public void Add(char character)
    {
        if (_length++ >= maxLength)
            return;
        Reserve(1);
        _memory[_chars++] = character;
    }

    public void Add(Rune rune)
    {
        if (_length++ >= maxLength)
            return;
        Reserve(2);
        _chars += rune.EncodeToUtf16(_memory[_chars..]);
    }

    public void Clear() => (_chars, _length) = (0, 0);

    private void Reserve(int chars)
    {
        if (_chars + chars <= _memory.Length)
            return;
        var grown = new char[_memory.Length * 2];
        _memory[.._chars].CopyTo(grown);
        _memory = grown;
    }
}
