using Distributed.Training.Models.Fused;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders;

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
    public Tensor Forward(EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        return (pass.IsFused ? EmbeddingSublayer.Run(Fuse(pass)) : Compute(pass)).MoveToOuterDisposeScope();
    }

    private Tensor Compute(EncoderPass pass)
    {
        var ids = pass.ToTensor(pass.Input.TokenIds);
        var words = _words.Weight.index_select(0, ids);
        if (is_grad_enabled() && pass.Input.TokenIds.Contains(_config.PaddingId))
            words = where(ids.eq(_config.PaddingId).unsqueeze(1), words.detach(), words);
        var sum = words + _positions.Weight.index_select(0, pass.ToTensor(pass.Places)) + _types.Weight[0];
        return pass.ApplyDropout(nn.functional.layer_norm(sum, [_config.HiddenSize], _norm.Weight, _norm.Bias, _config.LayerNormEpsilon), _config.HiddenDropout);
    }

    private EmbeddingPass Fuse(EncoderPass pass)
        => new(pass.Input.TokenIds, pass.Places, _words, _positions, _types, _norm, _config.LayerNormEpsilon, _config.PaddingId, pass.NextMask(_config.HiddenDropout));
}
