namespace Distributed.Training.Tokenization.Text;

/// <summary>What one call of a tokenizer works with. Each thread keeps one for its next call, without the memory of unusually long texts.</summary>
internal sealed class EncodingMemory
{
    private const int KeptIds = 1 << 18;

    [ThreadStatic]
    private static EncodingMemory? _kept;

    /// <summary>The whole text.</summary>
    public ByteBuffer Raw { get; } = new();

    /// <summary>The part of it that is normalised.</summary>
    public TextBuffer Normalized { get; } = new();

    /// <summary>The part of that which is cut into words.</summary>
    public PreTokens Words { get; } = new();

    /// <summary>The ids so far.</summary>
    public List<int> Ids { get; } = [];

    /// <summary>Memory of this thread, taken from it until it is returned.</summary>
    public static EncodingMemory Rent()
    {
        var memory = _kept ?? new EncodingMemory();
        _kept = null;
        return memory;
    }

    /// <summary>Keeps the memory for this thread's next call.</summary>
    public void Return()
    {
        Raw.Reset();
        Normalized.Reset();
        Words.Reset();
        Ids.Clear();
        if (Ids.Capacity > KeptIds)
            Ids.Capacity = 0;
        _kept = this;
    }
}
