using Distributed.Data.Planning;
using Distributed.Training.Collectives;
using Distributed.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Optimization;

public sealed class FlatParametersTests
{
    [Fact]
    public void Slots_OfAModule_AreInNameOrderAtCacheLines()
    {
        using var module = TwoLayers();
        using var flat = new FlatParameters(module);

        Assert.Equal(["b.bias", "b.weight", "z_norm.bias", "z_norm.weight"], flat.Slots.Select(slot => slot.Name));
        Assert.Equal([0L, 16, 32, 48], flat.Slots.Select(slot => slot.Offset)); // 2 elements, then 2·3, then 3 each
        Assert.Equal([false, true, false, false], flat.Slots.Select(slot => slot.Decays));
        Assert.Equal(64, flat.Length);
    }

    [Fact]
    public void Create_MoreParametersThanPlaces_IsRefusedBeforeMemoryIsTaken()
    {
        using var module = new Table(FlatParameters.MaxLength + 1);

        var refused = Assert.Throws<JobConflictException>(() => new FlatParameters(module));

        Assert.StartsWith("the parameters to train take 2146435088 places, gaps included, and at most 2146435072 are possible", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_AreChanged_TheModuleIsChanged()
    {
        using var module = TwoLayers();
        var before = module.forward(ones(1, 3)).detach();
        using var flat = new FlatParameters(module);

        Assert.True(before.equal(module.forward(ones(1, 3))).all().item<bool>());
        flat.Values.zero_();
        Assert.Equal(0f, module.forward(ones(1, 3)).abs().sum().item<float>());
    }

    [Fact]
    public void UseGradient_BackwardTwice_FillsTheChosenBuffers()
    {
        using var module = TwoLayers();
        using var flat = new FlatParameters(module);

        flat.UseGradient(0);
        module.forward(ones(1, 3)).sum().backward();
        flat.UseGradient(1);
        module.forward(ones(2, 3)).sum().backward();
        module.forward(ones(2, 3)).sum().backward();

        Assert.Equal([1f, 1f], BiasOf(flat.Gradient(0)));
        Assert.Equal([4f, 4f], BiasOf(flat.Gradient(1)));
        flat.UseGradient(1);
        Assert.Equal([0f, 0f], BiasOf(flat.Gradient(1)));
        Assert.Equal([1f, 1f], BiasOf(flat.Gradient(0)));

        float[] BiasOf(Tensor gradient) => new TensorMemory<float>(gradient).GetSpan().Slice((int)flat.Slots[0].Offset, 2).ToArray();
    }

    [Fact]
    public void UseGradient_OftenUnderAScope_LeavesNoTensors()
    {
        using var module = TwoLayers();
        using var flat = new FlatParameters(module);
        flat.UseGradient(0);
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var step = 0; step < 20; step++)
        {
            using var scope = NewDisposeScope();
            flat.UseGradient(step % 2);
            module.forward(ones(1, 3)).sum().backward();
        }

        Assert.InRange(DisposeScopeManager.Statistics.ThreadTotalLiveCount - before, 0, 5); // buffer 1 and its views
    }

    [Fact]
    public void Constructor_NothingToTrain_Throws()
    {
        using var frozen = nn.Linear(2, 2);
        foreach (var parameter in frozen.parameters())
            parameter.requires_grad = false;

        Assert.Throws<ArgumentException>(() => new FlatParameters(frozen));
    }

    [Fact]
    public void Constructor_Float64Module_KeepsItsType()
    {
        using var module = TwoLayers().to(float64);
        using var flat = new FlatParameters(module);

        flat.UseGradient(0);
        module.forward(ones(1, 3, float64)).sum().backward();

        Assert.Equal(float64, flat.Values.dtype);
        Assert.Equal(8, flat.Slots[1].Offset); // 64 bytes
        Assert.Equal([1.0, 1.0], new TensorMemory<double>(flat.Gradient(0)).GetSpan()[..2].ToArray());
    }

    private static TorchSharp.Modules.Sequential TwoLayers() => nn.Sequential(("z_norm", nn.LayerNorm(3)), ("b", nn.Linear(3, 2)));

    // A parameter without memory.
    private sealed class Table : nn.Module
    {
        public Table(long length)
            : base(nameof(Table)) => register_parameter("weight", new TorchSharp.Modules.Parameter(empty(length, device: META)));
    }
}
