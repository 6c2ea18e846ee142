using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.ModernBert;

/// <summary>Token states before the first layer: word, layer norm, dropout.</summary>
internal sealed class ModernBertEmbeddings : nn.Module
{
    [ComponentName(Name = "tok_embeddings")]
    private readonly EmbeddingTable _words;

    [ComponentName(Name = "norm")]
    private readonly Weights _norm;

    private readonly ModernBertConfig _config;

    public ModernBertEmbeddings(ModernBertConfig config)
        : base(nameof(ModernBertEmbeddings))
    {
        _config = config;
        _words = new EmbeddingTable(config.VocabularySize, config.HiddenSize);
        _norm = Weights.LayerNormWithoutBias(config.HiddenSize);
        RegisterComponents();
    }

    /// <summary>The word table, [vocabulary, hidden].</summary>
    public Tensor WordTable => _words.Weight;

    /// <summary>[tokens, hidden].</summary>
    public Tensor Forward(EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        var words = _words.Rows(pass.Input.TokenIds, _config.PaddingId, pass);
        return pass.ApplyDropout(_norm.Normalize(words, _config.NormEpsilon), _config.EmbeddingDropout).MoveToOuterDisposeScope();
    }
}
