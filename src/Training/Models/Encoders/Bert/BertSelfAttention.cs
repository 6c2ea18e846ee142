using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.Bert;

/// <summary>The maps to query, key and value, under the checkpoint's names.</summary>
internal sealed class BertSelfAttention : nn.Module
{
    [ComponentName(Name = "query")]
    private readonly Weights _query;

    [ComponentName(Name = "key")]
    private readonly Weights _key;

    [ComponentName(Name = "value")]
    private readonly Weights _value;

    public BertSelfAttention(int width)
        : base(nameof(BertSelfAttention))
    {
        _query = Weights.Linear(width, width);
        _key = Weights.Linear(width, width);
        _value = Weights.Linear(width, width);
        RegisterComponents();
    }

    public Weights Query => _query;

    public Weights Key => _key;

    public Weights Value => _value;
}
