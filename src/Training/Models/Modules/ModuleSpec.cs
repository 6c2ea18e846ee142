using System.Collections.Immutable;

namespace Distributed.Training.Models.Modules;

/// <summary>What a folder says of a module behind the pooling.</summary>
internal abstract record ModuleSpec
{
    /// <summary>Folder of its files inside the model's folder: `2_Dense`.</summary>
    public required string Path { get; init; }

    /// <summary>Width of its input; null: it takes any.</summary>
    public virtual int? Inputs => null;

    /// <summary>Parameters in its own model.safetensors.</summary>
    public virtual ImmutableArray<StoredParameter> Parameters => [];

    /// <summary>Width of its output for an input so wide.</summary>
    public virtual int Outputs(int inputs) => inputs;

    /// <summary>The same with its dropout probability set, where it has one.</summary>
    public virtual ModuleSpec WithDropout(double probability) => this;

    /// <summary>The module, its weights yet to be filled.</summary>
    public abstract SentenceModule Create();
}

/// <summary>A parameter as a file has to hold it.</summary>
/// <param name="Name">Its name in the module.</param>
/// <param name="Shape">Its shape.</param>
internal readonly record struct StoredParameter(string Name, ImmutableArray<long> Shape);
