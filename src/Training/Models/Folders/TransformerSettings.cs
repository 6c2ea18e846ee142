using Distributed.Training.Models.Encoders;
using Distributed.Training.Tokenization.Files;

namespace Distributed.Training.Models.Folders;

/// <summary>What a folder says of the transformer besides its shape: how long texts are and whether they are lower-cased.</summary>
/// <param name="File">Name of the file that the peer keeps this in; the usual name where there is none.</param>
/// <param name="IsStored">Whether it is there.</param>
/// <param name="StatesLength">Whether it says how long texts are; otherwise tokenizer_config.json does.</param>
/// <param name="MaxTokens">Longest text in tokens; what is written for "no limit" is cut to what the encoder can take.</param>
/// <param name="LowerCases">Whether the text is lower-cased before the tokenizer sees it.</param>
internal sealed record TransformerSettings(string File, bool IsStored, bool StatesLength, int MaxTokens, bool LowerCases)
{
    /// <summary>Its usual name.</summary>
    public const string FileName = "sentence_bert_config.json";

    // The first of these that is there counts.
    private static readonly string[] FileNames =
    [
        FileName, "sentence_roberta_config.json", "sentence_distilbert_config.json", "sentence_camembert_config.json", "sentence_albert_config.json",
        "sentence_xlm-roberta_config.json", "sentence_xlnet_config.json",
    ];

    /// <summary>Reads them.</summary>
    /// <exception cref="ModelFormatException">A file is damaged, or asks for what is not supported.</exception>
    public static TransformerSettings Read(string encoderFolder, EncoderConfig config)
    {
        var name = FileNames.FirstOrDefault(file => System.IO.File.Exists(Path.Combine(encoderFolder, file)));
        var json = JsonFile.ReadIfExists(Path.Combine(encoderFolder, name ?? FileName));
        json?.Require("transformer_task", "feature-extraction");
        json?.Require("module_output_name", "token_embeddings");
        var stated = json?.Number("max_seq_length");
        var limit = stated ?? JsonFile.ReadIfExists(Path.Combine(encoderFolder, TokenizerFiles.Settings))?.Number("model_max_length") ?? config.LongestText;
        return new TransformerSettings(
            name ?? FileName, name is not null, stated is not null, (int)Math.Clamp(limit, 0, config.LongestText), json?.Boolean("do_lower_case") ?? false);
    }
}
