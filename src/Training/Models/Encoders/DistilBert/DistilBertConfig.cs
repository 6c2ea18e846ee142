using Distributed.Training.Models.Encoders.PostNorm;

namespace Distributed.Training.Models.Encoders.DistilBert;

/// <summary>Shape of a DistilBERT encoder (Sanh et al. 2019, arXiv 1910.01108): config.json of a model folder, which has key names of its own.</summary>
public sealed record DistilBertConfig : PostNormConfig
{
    /// <summary>Reads config.json.</summary>
    /// <exception cref="ModelFormatException">It is incomplete, or describes another kind of encoder.</exception>
    internal static DistilBertConfig Read(JsonFile json) => new()
    {
        VocabularySize = json.VocabularySize(),
        HiddenSize = json.Width("dim"),
        Layers = json.Layers("n_layers"),
        Heads = json.Heads("n_heads", "dim"),
        IntermediateSize = json.Width("hidden_dim"),
        MaxPositions = json.Positions(),
        PaddingId = json.PaddingId(missing: 0),
        Activation = Activations.Read(json, "activation"),
        HiddenDropout = json.Probability("dropout", 0.1),
        AttentionDropout = json.Probability("attention_dropout", 0.1),
    };

    /// <inheritdoc/>
    internal override TokenEncoder CreateEncoder() => new DistilBertEncoder(this);
}
