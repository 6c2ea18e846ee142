using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.DistilBert;

/// <summary>The maps of attention, under the checkpoint's names.</summary>
internal sealed class DistilBertAttention : nn.Module
{
    [ComponentName(Name = "q_lin")]
    private readonly Weights _query;

    [ComponentName(Name = "k_lin")]
    private readonly Weights _key;

    [ComponentName(Name = "v_lin")]
    private readonly Weights _value;

    [ComponentName(Name = "out_lin")]
    private readonly Weights _output;

    public DistilBertAttention(int width)
        : base(nameof(DistilBertAttention))
    {
        _query = Weights.Linear(width, width);
        _key = Weights.Linear(width, width);
        _value = Weights.Linear(width, width);
        _output = Weights.Linear(width, width);
        RegisterComponents();
    }

    public Weights Query => _query;

    public Weights Key => _key;

    public Weights Value => _value;

    public Weights Output => _output;
}
