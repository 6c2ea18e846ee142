using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

/// <summary>Token states before the first layer: word + position + type 0, layer norm, dropout.</summary>
internal sealed class BertEmbeddings : nn.Module
{
    [ComponentName(Name = "word_embeddings")]
    private readonly EmbeddingTable _words;

    [ComponentName(Name = "position_embeddings")]
    private readonly EmbeddingTable _positions;

    [ComponentName(Name = "token_type_embeddings")]
    private readonly EmbeddingTable _types;

    [ComponentName(Name = "LayerNorm")]
    private readonly Weights _norm;

    private readonly BertConfig _config;

    public BertEmbeddings(BertConfig config)
        : base(nameof(BertEmbeddings))
    {
        _config = config;
        _words = new EmbeddingTable(config.VocabularySize, config.HiddenSize);
        _positions = new EmbeddingTable(config.MaxPositions, config.HiddenSize);
        _types = new EmbeddingTable(config.TokenTypes, config.HiddenSize);
        _norm = Weights.LayerNorm(config.HiddenSize);
        RegisterComponents();
    }

    /// <summary>The word table, [vocabulary, hidden].</summary>
    public Tensor WordTable => _words.Weight;

    /// <summary>[tokens, hidden].</summary>
    public Tensor Forward(PackedTokens tokens, DropoutSites? dropout)
    {
        using var scope = NewDisposeScope();
        var sum = _words.Weight.index_select(0, tokens.Ids) + _positions.Weight.index_select(0, tokens.Positions) + _types.Weight[0];
        var states = nn.functional.layer_norm(sum, [_config.HiddenSize], _norm.Weight, _norm.Bias, _config.LayerNormEpsilon);
        return (dropout?.Apply(states, _config.HiddenDropout) ?? states).MoveToOuterDisposeScope();
    }
}
