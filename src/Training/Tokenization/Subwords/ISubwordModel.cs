namespace Distributed.Training.Tokenization.Subwords;

/// <summary>Cuts words into pieces of a vocabulary. Thread-safe.</summary>
internal interface ISubwordModel
{
    /// <summary>Entries of the vocabulary; the first token that is added to it gets this as its id.</summary>
    int Count { get; }

    /// <summary>Ids run from 0 to below this.</summary>
    int Size { get; }

    /// <summary>The id of a piece, null if there is none.</summary>
    int? Find(string piece);

    /// <summary>Appends the ids of a word's pieces.</summary>
    /// <param name="word">UTF-8, not empty.</param>
    /// <param name="ids">Where to.</param>
    void Encode(ReadOnlySpan<byte> word, List<int> ids);
}
