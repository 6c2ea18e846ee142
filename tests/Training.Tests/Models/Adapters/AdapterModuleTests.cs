using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Models.Adapters;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Adapters;

/// <summary>What is trained beside an adapter, a Dense module behind the pooling, and what the job sets: both lie in the adapter's folder.</summary>
public sealed class AdapterModuleTests : IDisposable
{
    private const double Tolerance = 2e-6; // of float32, as for any merged model

    private static readonly string Base = ReferenceData.PathOf("families", "bert-variants", "dense", "model");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_AdapterWithATrainedDense_IsTheTrainedModel()
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        using var trained = Trained();
        trained.SaveAdapter(_folder.PathOf("a"), "", new BaseModel("base", null));

        using var again = EmbeddingModel.Load(Base, new ModelOptions { Dropout = 0, Adapter = _folder.PathOf("a") });

        Assert.Equal((12, PoolingMode.Max, false), (again.MaxTokens, again.Encoder.Poolings.Single(), again.Encoder.Normalizes));
        Assert.Equal(0, EncoderReference.MaxDifference(Encode(trained), Encode(again)));
        Assert.All(again.Encoder.named_parameters(), entry => Assert.Equal(entry.name.Contains(".lora_", StringComparison.Ordinal) || entry.name.StartsWith("2.", StringComparison.Ordinal), entry.parameter.requires_grad));
    }

    [Fact]
    public void Save_AdapterWithATrainedDense_WritesTheTrainedModel()
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        using var trained = Trained();
        trained.SaveAdapter(_folder.PathOf("a"), "", new BaseModel("base", null));
        using (var again = EmbeddingModel.Load(Base, new ModelOptions { Adapter = _folder.PathOf("a") }))
            again.Save(_folder.PathOf("merged"), "");
        trained.Save(_folder.PathOf("expected"), "");

        using var merged = EmbeddingModel.Load(_folder.PathOf("merged"));

        Assert.InRange(EncoderReference.MaxDifference(Encode(trained), Encode(merged)), 0, Tolerance);
        var files = Files("expected");
        Assert.Equal(files, Files("merged"));
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(_folder.PathOf("expected", file)), File.ReadAllBytes(_folder.PathOf("merged", file))));
    }

    [Fact]
    public void Load_AdapterWithoutModules_TakesThemFromTheBase()
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        using var trained = Trained();
        trained.SaveAdapter(_folder.PathOf("a"), "", new BaseModel("base", null));
        File.Delete(_folder.PathOf("a", "modules.json"));

        using var again = EmbeddingModel.Load(Base, new ModelOptions { Adapter = _folder.PathOf("a") });
        using var bare = EmbeddingModel.Load(Base);

        Assert.Equal((bare.MaxTokens, true), (again.MaxTokens, again.Encoder.Normalizes));
        Assert.Equal(0, EncoderReference.MaxDifference(Dense(bare), Dense(again)));
    }

    // As a job with model.lora, max_tokens, pooling and normalize would leave it.
    private static EmbeddingModel Trained()
    {
        var model = EmbeddingModel.Load(Base, new ModelOptions { Dropout = 0, MaxTokens = 12, Pooling = PoolingMode.Max, Normalize = false });
        model.Adapter = LoraAdapter.Create(model.Encoder, AdapterCases.Everywhere, seed: 5);
        AdapterCases.Train(model.Adapter);
        Assert.True(model.Encoder.get_parameter("2.linear.weight")!.requires_grad);
        using var scope = NewDisposeScope();
        Dense(model).mul_(1.5);
        return model;
    }

    private static TorchSharp.Modules.Parameter Dense(EmbeddingModel model) => model.Encoder.get_parameter("2.linear.weight")!;

    private static Tensor Encode(EmbeddingModel model)
        => model.Encoder.Encode(EncoderInput.From([model.Tokenize("a cat"), model.Tokenize("the bank of a river in the spring")]), dropout: null);

    private string[] Files(string name)
        => [.. Directory.EnumerateFiles(_folder.PathOf(name), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder.PathOf(name), file)).Order(StringComparer.Ordinal)];
}
