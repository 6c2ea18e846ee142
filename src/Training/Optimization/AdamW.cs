using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Distributed.Data.Planning;
using Distributed.Jobs;
using Distributed.Training.Collectives;
using static TorchSharp.torch;

namespace Distributed.Training.Optimization;

/// <summary>
/// AdamW with decoupled weight decay (Loshchilov and Hutter 2017, arXiv 1711.05101), PyTorch's variant: with g the gradient times the clipping factor,
/// <c>x ← x·(1 − lr·wd);  m ← m + (g − m)·(1 − β₁);  v ← v·β₂ + g²·(1 − β₂);  x ← x − lr/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)</c>,
/// no decay on biases and LayerNorm; lr and wd of a parameter can be its own. One pass over the flat buffers, in place; each element is computed alone, so the result does not depend on
/// the machine's vector width. Parameters on the CPU, float32 or float64. Not thread-safe.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly FlatParameters _parameters;
    private readonly OptimizerOptions _options;
    private readonly ImmutableArray<ParameterRate> _rates;

    /// <summary>An optimizer that has taken no step. Does not own <paramref name="parameters"/>.</summary>
    /// <exception cref="JobConflictException">A pattern of the options' rates matches no parameter.</exception>
    public AdamW(FlatParameters parameters, OptimizerOptions options)
    {
        _parameters = parameters;
        _options = options;
        _rates = ParameterRate.Of(parameters.Slots, options);
        FirstMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
        SecondMoment = zeros_like(parameters.Values).DetachFromDisposeScope();
    }

    /// <summary>m, in the layout of <see cref="FlatParameters.Values"/>. Part of the optimizer's state, to be saved and restored in place.</summary>
    public Tensor FirstMoment { get; }

    /// <summary>v, in the layout of <see cref="FlatParameters.Values"/>. Part of the optimizer's state, to be saved and restored in place.</summary>
    public Tensor SecondMoment { get; }

    /// <summary>t, steps taken. Part of the optimizer's state. A skipped step does not count.</summary>
    public long StepCount { get; set; }

    /// <summary>Takes one step.</summary>
    /// <param name="gradient">Flat gradient in the layout of <see cref="FlatParameters.Values"/>; not changed.</param>
    /// <param name="learningRate">Rate of this step.</param>
    /// <param name="gradientFactor">What the gradient is multiplied by first: the clipping factor.</param>
    public void Step(Tensor gradient, double learningRate, double gradientFactor)
    {
        StepCount++;
        if (gradient.dtype == ScalarType.Float64)
            Update<double>(gradient, learningRate, gradientFactor);
        else
            Update<float>(gradient, learningRate, gradientFactor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FirstMoment.Dispose();
        SecondMoment.Dispose();
    }

    private void Update<T>(Tensor gradient, double learningRate, double gradientFactor)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var x = new TensorMemory<T>(_parameters.Values).GetSpan();
        var g = new TensorMemory<T>(gradient).GetSpan();
        var m = new TensorMemory<T>(FirstMoment).GetSpan();
        var v = new TensorMemory<T>(SecondMoment).GetSpan();
        ArgumentOutOfRangeException.ThrowIfNotEqual(g.Length, x.Length);

        var rules = _rates.Distinct().ToDictionary(rate => rate, rate => Coefficients<T>.Of(_options, rate, learningRate, gradientFactor, StepCount));
        foreach (var (slot, rate) in _parameters.Slots.Zip(_rates))
        {
            var range = (int)slot.Offset..(int)(slot.Offset + slot.Count);
            Update(x[range], g[range], m[range], v[range], rules[rate]);
        }
    }

    private static void Update<T>(Span<T> x, ReadOnlySpan<T> g, Span<T> m, Span<T> v, in Coefficients<T> rule)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var xs = MemoryMarshal.Cast<T, Vector<T>>(x);
        var gs = MemoryMarshal.Cast<T, Vector<T>>(g);
        var ms = MemoryMarshal.Cast<T, Vector<T>>(m);
        var vs = MemoryMarshal.Cast<T, Vector<T>>(v);
        for (var i = 0; i < xs.Length; i++)
        {
            var scaled = gs[i] * rule.GradientFactor;
            ms[i] += (scaled - ms[i]) * rule.FirstGain;
            vs[i] = (vs[i] * rule.Beta2) + (scaled * scaled * rule.SecondGain);
            var root = (Vector.SquareRoot(vs[i]) / new Vector<T>(rule.Correction2)) + new Vector<T>(rule.Epsilon);
            xs[i] = (xs[i] * rule.Keep) - (ms[i] * rule.StepSize / root);
        }

        for (var i = xs.Length * Vector<T>.Count; i < x.Length; i++)
        {
            var scaled = g[i] * rule.GradientFactor;
            m[i] += (scaled - m[i]) * rule.FirstGain;
            v[i] = (v[i] * rule.Beta2) + (scaled * scaled * rule.SecondGain);
            x[i] = (x[i] * rule.Keep) - (m[i] * rule.StepSize / ((T.Sqrt(v[i]) / rule.Correction2) + rule.Epsilon));
        }
    }

    private readonly record struct Coefficients<T>(
        T GradientFactor, T FirstGain, T Beta2, T SecondGain, T StepSize, T Correction2, T Epsilon, T Keep)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static Coefficients<T> Of(OptimizerOptions options, ParameterRate rate, double learningRate, double gradientFactor, long step) => new(
            T.CreateChecked(gradientFactor),
            T.CreateChecked(1 - options.Beta1),
            T.CreateChecked(options.Beta2),
            T.CreateChecked(1 - options.Beta2),
            T.CreateChecked(rate.Factor * learningRate / (1 - Math.Pow(options.Beta1, step))),
            T.CreateChecked(Math.Sqrt(1 - Math.Pow(options.Beta2, step))),
            T.CreateChecked(options.Epsilon),
            T.CreateChecked(1 - (rate.Factor * learningRate * rate.WeightDecay)));
    }
}
