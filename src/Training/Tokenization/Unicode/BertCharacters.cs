namespace Distributed.Training.Tokenization.Unicode;

/// <summary>
/// The character tables of BERT's tokenizer, the same on every machine: neither ICU nor the runtime's newer Unicode version has a part in them.
/// </summary>
internal static class BertCharacters
{
    private static readonly CharacterKinds[] Kinds = Read();

    /// <summary>What the tokenizer does with the code point.</summary>
    public static CharacterKinds KindsOf(int codePoint) => Kinds[codePoint];

    private static CharacterKinds[] Read()
    {
        var kinds = new CharacterKinds[UnicodeTables.CodePoints];
        var table = TableFile.Read("BertCharacters.txt");
        foreach (var name in table.Names)
        {
            var kind = Enum.Parse<CharacterKinds>(name, ignoreCase: true);
            foreach (var codePoint in table.CodePoints(name))
                kinds[codePoint] |= kind;
        }

        return kinds;
    }
}
