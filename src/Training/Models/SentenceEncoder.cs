using System.Collections.Immutable;
using Distributed.Jobs;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Models.Modules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

/// <summary>
/// Texts → embeddings: a transformer over packed tokens, pooling, then the modules that the model has behind it.
/// Parameters have the names of published checkpoints, those of module i `i.` in front. An unused pooler of a checkpoint is none of them. Which of them are
/// trained is the job's choice: those that require a gradient. Not thread-safe.
/// </summary>
public sealed class SentenceEncoder : nn.Module
{
    private const int FirstModule = 2; // behind transformer and pooling

    private readonly TokenEncoder _tokens;
    private readonly PoolingSpec _pooling;
    private readonly ImmutableArray<SentenceModule> _modules;

    /// <summary>An encoder whose weights are yet to be filled: until then they have no memory of their own.</summary>
    internal SentenceEncoder(EncoderConfig config, PoolingSpec pooling, ImmutableArray<ModuleSpec> modules)
        : base(nameof(SentenceEncoder))
    {
        Config = config;
        _pooling = pooling;
        Normalizes = modules is [.., NormalizeSpec];
        Dim = modules.Aggregate(pooling.Outputs(config.HiddenSize), (width, module) => module.Outputs(width));
        _tokens = config.CreateEncoder();
        foreach (var (name, module) in _tokens.named_children()) // under the checkpoint's names, without one more in front
            register_module(name, module);
        _modules = [.. modules.Select(module => module.Create())];
        foreach (var (index, module) in _modules.Index())
            register_module($"{FirstModule + index}", module);
    }

    /// <summary>An encoder with one pooling, whose weights are yet to be filled.</summary>
    internal SentenceEncoder(EncoderConfig config, PoolingMode pooling, bool normalize)
        : this(config, new PoolingSpec { Modes = [pooling] }, normalize ? [new NormalizeSpec { Path = "" }] : [])
    {
    }

    /// <summary>Shape and dropout probabilities.</summary>
    public EncoderConfig Config { get; }

    /// <summary>How token states become one embedding: the results of these one after another.</summary>
    public ImmutableArray<PoolingMode> Poolings => _pooling.Modes;

    /// <summary>Whether embeddings have length 1.</summary>
    public bool Normalizes { get; }

    /// <summary>Whether vectorised kernels run where they can (float32 on a CPU). Off, libtorch's operators run everywhere: slower, equal up to rounding.</summary>
    public bool AllowsFusedKernels { get; set; } = true;

    /// <summary>Width of an embedding.</summary>
    public int Dim { get; }

    /// <summary>Whether the vectorised kernels run it.</summary>
    internal bool IsFused => AllowsFusedKernels && EncoderPass.CanFuse(Config, _tokens.WordTable);

    /// <summary>The parameters of the transformer.</summary>
    internal IEnumerable<(string Name, Parameter Parameter)> TokenParameters => _tokens.named_parameters();

    /// <summary>The parameters of each module behind the pooling, by their names in its own file.</summary>
    internal IEnumerable<IEnumerable<(string Name, Parameter Parameter)>> ModuleParameters => _modules.Select(module => module.named_parameters());

    /// <summary>
    /// Embeddings [texts, dim] of a micro-batch, in its order; with a graph exactly if grad mode is on. They belong to the caller.
    /// The same weights, input, key and number of threads give the same bits.
    /// </summary>
    /// <param name="input">The texts, unpadded.</param>
    /// <param name="dropout">Names the dropout masks; null: no dropout, as in evaluation.</param>
    /// <param name="precision">Number format of the linear maps' matrix products, forward and backward. In bfloat16 parameters, their gradients,
    /// attention, layer norm and pooling stay float32, as does the embedding.</param>
    /// <exception cref="ArgumentException">The input does not fit the encoder: a text too long, an id outside the vocabulary.</exception>
    public Tensor Encode(EncoderInput input, DropoutKey? dropout, Precision precision = Precision.Float32)
    {
        using var scope = NewDisposeScope();
        var pass = new EncoderPass(input, Config, _tokens.WordTable, dropout, AllowsFusedKernels, precision);
        var pooled = Pooling.Pool(HiddenStates(pass).Last(), pass, Config.HiddenSize, _pooling.Modes);
        return _modules.Aggregate(pooled, (embeddings, module) => module.Forward(embeddings, pass)).MoveToOuterDisposeScope();
    }

    /// <summary>The encoder's own part, without pooling and what follows.</summary>
    internal TokenEncoder Tokens => _tokens;

    /// <summary>Token states [tokens, hidden] before the first layer and after each.</summary>
    internal IEnumerable<Tensor> HiddenStates(EncoderPass pass) => _tokens.HiddenStates(pass);
}
