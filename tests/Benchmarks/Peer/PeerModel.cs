using Distributed.Jobs;
using Distributed.Training.Models;
using Distributed.Training.Models.Encoders.Bert;
using Distributed.Training.Models.Folders;
using Distributed.Training.Tokenization;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Benchmarks.Peer;

/// <summary>The peer's encoder, and our tokenizer in front of it. In bfloat16 all of its weights and states are, because TorchSharp has no autocast.</summary>
internal sealed class PeerModel : IDisposable
{
    private readonly ITokenizer _tokenizer;
    private readonly int _maxTokens;
    private readonly ScalarType _type;

    private PeerModel(PeerEncoder encoder, ITokenizer tokenizer, int maxTokens, Precision precision)
    {
        (_tokenizer, _maxTokens) = (tokenizer, maxTokens);
        _type = precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        Encoder = encoder.to(_type);
    }

    /// <summary>A new model, or a published BERT.</summary>
    public static PeerModel Create(Job job)
    {
        var maxTokens = job.Model.MaxTokens ?? EmbeddingModel.DefaultMaxTokens;
        if (job.Model.New is { } shape)
        {
            var tokenizer = TokenizerFolder.FromVocabulary(shape.Vocabulary, shape.LowerCase);
            return new PeerModel(new PeerEncoder((BertConfig)BertConfig.From(shape, tokenizer).WithDropout(job.Model.Dropout)), tokenizer, maxTokens, job.Precision);
        }

        var contents = FolderContents.Read(job.Model.Folder!, job.Model);
        var encoder = new PeerEncoder((BertConfig)contents.Config);
        PublishedWeights.Fill(encoder, contents.WeightsPath);
        return new PeerModel(encoder, contents.Tokenizer, maxTokens, job.Precision);
    }

    /// <summary>The encoder; it trains or not as its mode says.</summary>
    public PeerEncoder Encoder { get; }

    /// <summary>Token ids of a text.</summary>
    public int[] Tokenize(string text) => _tokenizer.Encode(text, _maxTokens);

    /// <summary>Embeddings [texts, hidden], float32, of texts padded to their longest.</summary>
    public Tensor Embed(int[][] texts)
    {
        var longest = texts.Max(text => text.Length);
        var ids = new long[texts.Length * longest];
        var present = new float[texts.Length * longest];
        for (var i = 0; i < texts.Length; i++)
            for (var j = 0; j < texts[i].Length; j++)
                (ids[i * longest + j], present[i * longest + j]) = (texts[i][j], 1);

        return Encoder.forward(tensor(ids, [texts.Length, longest]), tensor(present, [texts.Length, longest]).to(_type)).to(ScalarType.Float32);
    }

    /// <inheritdoc/>
    public void Dispose() => Encoder.Dispose();
}
