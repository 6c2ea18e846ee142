using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace Distributed.Training.Models.Adapters;

/// <summary>One of an adapter's two matrices, under PEFT's name. Zero until filled.</summary>
internal sealed class LoraMatrix : nn.Module
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    public LoraMatrix(long outputs, long inputs)
        : base(nameof(LoraMatrix))
    {
        _weight = new Parameter(zeros(outputs, inputs));
        RegisterComponents();
    }

    public Parameter Weight => _weight;
}
