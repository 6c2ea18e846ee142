using System.Collections.Immutable;
using Distributed.Data.Planning;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Optimization;

/// <summary>
/// All trainable parameters of a module in one flat tensor, and their gradients in flat tensors of the same layout: one buffer to add, to
/// clip, to hash, to send and to update, instead of hundreds. The module's parameters become views of <see cref="Values"/>, so the module goes on as before.
/// Parameters are in the ordinal order of their names, those beside the module after its own, and start at multiples of 64 bytes; the gaps between them stay 0.
/// <para>Make it after the last change of dtype or device, and zero gradients through it: Module.to and Module.zero_grad replace what it aliases.</para>
/// <para>Not thread-safe.</para>
/// </summary>
public sealed class FlatParameters : IDisposable
{
    /// <summary>Most elements of a flat buffer: places in it are ints, those behind its end by less than a mebi-element, too.</summary>
    public const long MaxLength = (1L << 31) - (1 << 20);

    private const int AlignmentBytes = 64;

    private readonly ImmutableArray<Parameter> _parameters;
    private readonly List<Tensor> _gradients = [];
    private readonly List<ImmutableArray<Tensor>> _gradientViews = [];

    /// <summary>Moves the trainable parameters of <paramref name="module"/> into one flat tensor.</summary>
    /// <exception cref="ArgumentException">It has none, or they differ in dtype or device.</exception>
    public FlatParameters(nn.Module module)
        : this(module, [])
    {
    }

    /// <summary>Moves the trainable parameters of <paramref name="module"/> into one flat tensor, and behind them others, to which no weight decay applies.</summary>
    /// <exception cref="ArgumentException">The module has none, or the parameters differ in dtype or device.</exception>
    /// <exception cref="JobConflictException">They are more than <see cref="MaxLength"/>.</exception>
    public FlatParameters(nn.Module module, IReadOnlyCollection<(string Name, Parameter Parameter)> others)
    {
        ArgumentNullException.ThrowIfNull(module);
        ImmutableArray<(string name, Parameter parameter)> named =
        [
            .. module.named_parameters()
                .Where(entry => entry.parameter.requires_grad)
                .DistinctBy(entry => entry.parameter.Handle) // a tied parameter has one place
                .OrderBy(entry => entry.name, StringComparer.Ordinal),
            .. others.OrderBy(entry => entry.Name, StringComparer.Ordinal),
        ];
        if (named.Select(entry => (entry.parameter.dtype, entry.parameter.device.ToString())).Distinct().Count() != 1)
            throw new ArgumentException("The module must have trainable parameters, all of one dtype on one device.", nameof(module));

        var rule = new WeightDecayRule(module, [.. others.Select(entry => entry.Name)]);
        _parameters = [.. named.Select(entry => entry.parameter)];
        Slots = Place(named, rule);
        if (Length > MaxLength)
            throw new JobConflictException(
                $"the parameters to train take {Length} places, gaps included, and at most {MaxLength} are possible: freeze a part of it (model.freeze: embeddings) or train adapters (model.lora)");
        Values = NewBuffer();
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            foreach (var (parameter, view) in _parameters.Zip(Views(Values)))
            {
                view.copy_(parameter);
                parameter.set_(view);
            }
        }
    }

    /// <summary>The flat parameters, one dimension; a change here is a change of the module.</summary>
    public Tensor Values { get; }

    /// <summary>Where each parameter lies, in the order of the buffer.</summary>
    public ImmutableArray<ParameterSlot> Slots { get; }

    /// <summary>Elements of each flat buffer, gaps included.</summary>
    public long Length { get; private set; }

    /// <summary>The flat gradient <paramref name="index"/> of the pool, made when first asked for. Zero at first; valid until this is disposed.</summary>
    public Tensor Gradient(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        while (_gradients.Count <= index)
        {
            var gradient = NewBuffer();
            _gradients.Add(gradient);
            _gradientViews.Add(Views(gradient));
        }

        return _gradients[index];
    }

    /// <summary>From now on backward adds to gradient <paramref name="index"/>, which is set to zero.</summary>
    public void UseGradient(int index)
    {
        using var scope = NewDisposeScope(); // in-place operators return a second handle
        Gradient(index).zero_();
        foreach (var (parameter, view) in _parameters.Zip(_gradientViews[index]))
            parameter.grad = view;
    }

    /// <summary>Gives back the gradients. The module keeps its parameters.</summary>
    public void Dispose()
    {
        foreach (var parameter in _parameters)
            parameter.grad = null;
        foreach (var view in _gradientViews.SelectMany(views => views))
            view.Dispose();
        foreach (var gradient in _gradients)
            gradient.Dispose();
        Values.Dispose();
    }

    private ImmutableArray<ParameterSlot> Place(ImmutableArray<(string Name, Parameter Parameter)> named, WeightDecayRule rule)
    {
        var slots = ImmutableArray.CreateBuilder<ParameterSlot>(named.Length);
        foreach (var (name, parameter) in named)
        {
            slots.Add(new(name, Length, [.. parameter.shape], rule.Decays(name)));
            var unit = AlignmentBytes / parameter.ElementSize;
            Length = (Length + parameter.numel() + unit - 1) / unit * unit;
        }

        return slots.MoveToImmutable();
    }

    private Tensor NewBuffer() => zeros(Length, _parameters[0].dtype, _parameters[0].device).DetachFromDisposeScope();

    private ImmutableArray<Tensor> Views(Tensor flat)
    {
        using var scope = NewDisposeScope();
        return [.. Slots.Select(slot => flat.narrow(0, slot.Offset, slot.Count).view([.. slot.Shape]).DetachFromDisposeScope())];
    }
}
