using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Encoders.MPNet;

/// <summary>The maps of attention, under the checkpoint's names.</summary>
internal sealed class MPNetSelfAttention : nn.Module
{
    [ComponentName(Name = "q")]
    private readonly Weights _query;

    [ComponentName(Name = "k")]
    private readonly Weights _key;

    [ComponentName(Name = "v")]
    private readonly Weights _value;

    [ComponentName(Name = "o")]
    private readonly Weights _output;

    public MPNetSelfAttention(int width)
        : base(nameof(MPNetSelfAttention))
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
