using BenchmarkDotNet.Attributes;
using Distributed.Jobs;
using Distributed.Training.Optimization;
using static TorchSharp.torch;

namespace Distributed.Benchmarks.Micro;

/// <summary>One optimizer step on as many weights as MiniLM has.</summary>
[InProcess]
public class AdamWBenchmark : IDisposable
{
    private const int Width = 4762; // squared: 22.7 million
    private const double LearningRate = 1e-3;

    private readonly OptimizerOptions _options = new();
    private AdamW _ours = null!;
    private Tensor _gradient = null!;
    private TorchSharp.Modules.AdamW _theirs = null!;

    [GlobalSetup]
    public void Make()
    {
        var parameters = new FlatParameters(nn.Linear(Width, Width));
        _ours = new AdamW(parameters, _options);
        _gradient = randn(parameters.Length);
        var module = nn.Linear(Width, Width);
        foreach (var parameter in module.parameters())
            parameter.grad = randn_like(parameter);
        _theirs = optim.AdamW(module.parameters(), LearningRate, _options.Beta1, _options.Beta2, _options.Epsilon, _options.WeightDecay);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public void TorchSharpAdamW()
    {
        using var scope = NewDisposeScope();
        _theirs.step();
    }

    [Benchmark]
    public void FlatAdamW() => _ours.Step(_gradient, LearningRate, gradientFactor: 1);
}
