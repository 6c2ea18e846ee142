using Distributed.Data.Planning;
using Distributed.Jobs;
using Distributed.Training.Collectives;
using Distributed.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Optimization;

public sealed class AdamWTests
{
    private static readonly OptimizerOptions Options = new() { Beta1 = 0.5, Beta2 = 0.75, Epsilon = 1, WeightDecay = 0.5 };

    [Fact]
    public void Step_TwoSteps_EqualTheFormulaByHand()
    {
        using var module = Scalars(float64, 1);
        using var flat = new FlatParameters(module);
        using var optimizer = new AdamW(flat, Options);

        // m = 4·0.5 = 2, v = 16·0.25 = 4, corrections 0.5 and √0.25: x = 1·(1 − 0.1·0.5) − 0.1/0.5·2/(2/0.5 + 1) = 0.95 − 0.08.
        optimizer.Step(Gradient(flat, 4), learningRate: 0.1, gradientFactor: 1);
        Assert.Equal(0.87, Values(flat)[0], 1e-15);

        // The factor makes it 2: m = 2, v = 4·0.75 + 4·0.25 = 4, corrections 0.75 and √0.4375.
        optimizer.Step(Gradient(flat, 4), learningRate: 0.1, gradientFactor: 0.5);
        Assert.Equal((0.87 * 0.95) - (0.1 / 0.75 * 2 / ((2 / Math.Sqrt(0.4375)) + 1)), Values(flat)[0], 1e-15);
        Assert.Equal(2, optimizer.StepCount);
    }

    [Fact]
    public void Step_BiasAndLayerNorm_DoNotDecay()
    {
        using var module = nn.Sequential(("norm", nn.LayerNorm(2)), ("dense", nn.Linear(2, 1)));
        using var flat = new FlatParameters(module);
        flat.Values.fill_(1);
        using var optimizer = new AdamW(flat, Options);

        optimizer.Step(Gradient(flat, 0), learningRate: 0.1, gradientFactor: 1);

        Assert.Equal(new[] { 1f, 0.95f, 1f, 1f }, flat.Slots.Select(slot => flat.Values[slot.Offset].item<float>())); // dense.bias, dense.weight, norm
    }

    [Fact]
    public void Step_RatesByName_TheFirstPatternThatMatchesCounts()
    {
        using var module = nn.Sequential(("a", nn.Linear(1, 1)), ("b", nn.Linear(1, 1)), ("c", nn.Linear(1, 1))).to(float64);
        using var flat = new FlatParameters(module);
        flat.Values.fill_(1);
        RateOptions[] rates = [new() { Pattern = "b.weight", Factor = 4 }, new() { Pattern = "b", Factor = 2, WeightDecay = 0.1 }, new() { Pattern = "*.weight", WeightDecay = 0 }];
        using var optimizer = new AdamW(flat, Options with { Rates = [.. rates] });

        optimizer.Step(Gradient(flat, 4), learningRate: 0.1, gradientFactor: 1);

        // As in the first test: m / (√v + 1) = 0.4 / 0.5 = 0.8 rates of 0.1, and decay 0.5 unless a pattern says otherwise; none on biases.
        double[] expected = [1 - 0.08, 1 - 0.08, 1 - 0.16, 1 - (0.4 * 0.5) - 0.32, 1 - 0.08, 1 - 0.08]; // a.bias, a.weight, b.bias, …
        Assert.All(flat.Slots.Zip(expected), pair => Assert.Equal(pair.Second, flat.Values[pair.First.Offset].item<double>(), 1e-15));
    }

    [Fact]
    public void Constructor_RateThatMatchesNothing_NamesTheNearest()
    {
        using var module = Scalars(float32, 1);
        using var flat = new FlatParameters(module);

        var failure = Assert.Throws<JobConflictException>(() => new AdamW(flat, Options with { Rates = [new() { Pattern = "wight" }] }));

        Assert.Equal("optimizer.rates: 'wight' matches no trained parameter of the model; the nearest names are weight", failure.Message);
    }

    [Fact]
    public void Step_ManyFloat32Steps_FollowsTorchSharp()
    {
        const double Tolerance = 1e-6; // both round to float32 in each step
        var options = new OptimizerOptions { LearningRate = 1e-3 };
        random.manual_seed(3);
        using var ours = nn.Linear(37, 29, hasBias: false);
        using var theirs = nn.Linear(37, 29, hasBias: false);
        using (no_grad())
            theirs.weight!.copy_(ours.weight!);
        using var flat = new FlatParameters(ours);
        using var optimizer = new AdamW(flat, options);
        using var reference = optim.AdamW(theirs.parameters(), 1e-3, 0.9, 0.999, 1e-8, 0.01);

        for (var step = 0; step < 30; step++)
        {
            var gradient = randn(29, 37);
            theirs.weight!.grad = gradient;
            reference.step();
            optimizer.Step(cat([gradient.flatten(), zeros(flat.Length - gradient.numel())]), 1e-3, gradientFactor: 1);
        }

        Assert.True((ours.weight! - theirs.weight!).abs().max().item<float>() < Tolerance);
    }

    [Fact]
    public void Step_RestoredState_GoesOnWithTheSameBits()
    {
        using var first = Scalars(float32, 40);
        using var second = Scalars(float32, 40);
        using var flat = new FlatParameters(first);
        using var copy = new FlatParameters(second);
        using var optimizer = new AdamW(flat, new());
        using var restored = new AdamW(copy, new());
        optimizer.Step(Gradient(flat, 3), 1e-2, 1);

        copy.Values.copy_(flat.Values);
        restored.FirstMoment.copy_(optimizer.FirstMoment);
        restored.SecondMoment.copy_(optimizer.SecondMoment);
        restored.StepCount = optimizer.StepCount;
        optimizer.Step(Gradient(flat, -1), 1e-2, 1);
        restored.Step(Gradient(copy, -1), 1e-2, 1);

        Assert.Equal(new TensorMemory<byte>(flat.Values).GetSpan().ToArray(), new TensorMemory<byte>(copy.Values).GetSpan().ToArray());
    }

    private static TorchSharp.Modules.Linear Scalars(ScalarType dtype, int count)
    {
        var module = nn.Linear(count, 1, hasBias: false, dtype: dtype);
        using (no_grad())
            module.weight!.fill_(1);
        return module;
    }

    private static Tensor Gradient(FlatParameters flat, double value) => full_like(flat.Values, value);

    private static double[] Values(FlatParameters flat) => new TensorMemory<double>(flat.Values).GetSpan().ToArray();
}
