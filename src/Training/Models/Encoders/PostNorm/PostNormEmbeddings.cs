using Distributed.Training.Models.Fused;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.PostNorm;

/// <summary>Token states before the first layer: word + position (+ type 0), layer norm, dropout.</summary>
internal sealed class PostNormEmbeddings : nn.Module
{
    [ComponentName(Name = "word_embeddings")]
    private readonly EmbeddingTable _words;

    [ComponentName(Name = "position_embeddings")]
    private readonly EmbeddingTable _positions;

    [ComponentName(Name = "token_type_embeddings")]
    private readonly EmbeddingTable? _types;

    [ComponentName(Name = "LayerNorm")]
    private readonly Weights _norm;

    private readonly PostNormConfig _config;

    public PostNormEmbeddings(PostNormConfig config)
        : base(nameof(PostNormEmbeddings))
    {
        _config = config;
        _words = new EmbeddingTable(config.VocabularySize, config.HiddenSize);
        _positions = new EmbeddingTable(config.MaxPositions, config.HiddenSize);
        _types = config.TokenTypes > 0 ? new EmbeddingTable(config.TokenTypes, config.HiddenSize) : null;
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
        var sum = _words.Rows(pass.Input.TokenIds, _config.PaddingId, pass) + _positions.Rows(_config.PlacesOf(pass.Input), _config.UntrainedPosition, pass);
        if (_types is not null)
            sum += _types.Weight[0];
        return pass.ApplyDropout(_norm.Normalize(sum, _config.LayerNormEpsilon), _config.HiddenDropout);
    }

    private EmbeddingPass Fuse(EncoderPass pass) => new(
        pass.Input.TokenIds,
        _config.PlacesOf(pass.Input),
        _words,
        _positions,
        _types,
        _norm,
        _config.LayerNormEpsilon,
        _config.PaddingId,
        _config.UntrainedPosition,
        pass.NextMask(_config.HiddenDropout));
}
