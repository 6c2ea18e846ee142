namespace Distributed.Training.Tokenization.Classes;

/// <summary>The classes that are known here.</summary>
internal static class TokenizerClasses
{
    private static readonly Dictionary<string, string> ByModelType = new(StringComparer.Ordinal)
    {
        ["bert"] = "BertTokenizer",
        ["distilbert"] = "DistilBertTokenizer",
        ["camembert"] = "CamembertTokenizer",
        ["modernbert"] = "PreTrainedTokenizerFast",
        ["mpnet"] = "MPNetTokenizer",
        ["roberta"] = "RobertaTokenizer",
        ["xlm-roberta"] = "XLMRobertaTokenizer",
    };

    /// <summary>BERT's.</summary>
    public static BertClass Bert { get; } = new BertClass("BertTokenizer");

    private static TokenizerClass[] All { get; } =
    [
        Bert,
        new BertClass("DistilBertTokenizer"),
        new BertClass("MPNetTokenizer", isMPNet: true),
        new RobertaClass("RobertaTokenizer"),
        new XlmRobertaClass("XLMRobertaTokenizer"),
    ];

    /// <summary>The name of the class that Python takes for a model where tokenizer_config.json names none; null if that is not known here.</summary>
    public static string? NameOf(string? modelType) => modelType is null ? null : ByModelType.GetValueOrDefault(modelType);

    /// <summary>The class of a name or, without one, of a model; null if Python has none for it, or one that obeys the file.</summary>
    public static TokenizerClass? Find(string? name, string? modelType)
    {
        const string Fast = "Fast";
        name ??= NameOf(modelType);
        return All.FirstOrDefault(known => known.Name == name || known.Name + Fast == name);
    }
}
