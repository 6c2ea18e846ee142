using Distributed.Data.Planning;
using Distributed.Jobs;
using Distributed.Training.Models;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Models.Encoders.Bert;
using Distributed.Training.Models.Encoders.DistilBert;
using Distributed.Training.Models.Encoders.ModernBert;
using Distributed.Training.Models.Encoders.MPNet;
using Distributed.Training.Steps;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Steps;

/// <summary>Measures the memory of the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(ActivationMemoryTests), DisableParallelization = true)]
[Collection(nameof(ActivationMemoryTests))]
public sealed class ActivationMemoryTests
{
    private const double MostOverestimate = 1.8;

    private static readonly BertConfig Small = new()
    {
        VocabularySize = 1000, Layers = 2, HiddenSize = 256, Heads = 4, IntermediateSize = 1024, MaxPositions = 128,
    };

    private static readonly BertConfig MiniLm = Small with { Layers = 6, HiddenSize = 384, Heads = 12, IntermediateSize = 1536 };

    private static readonly Dictionary<string, EncoderConfig> Configs = new()
    {
        ["small"] = Small,
        ["MiniLM"] = MiniLm,
        ["gelu by tanh"] = Small with { Activation = Activation.GeluTanh },
        ["RoBERTa"] = new RobertaConfig
        {
            VocabularySize = 1000, Layers = 2, HiddenSize = 256, Heads = 4, IntermediateSize = 1024, MaxPositions = 128, TokenTypes = 1, PaddingId = 1,
        },
        ["MPNet"] = new MPNetConfig { VocabularySize = 1000, Layers = 2, HiddenSize = 256, Heads = 4, IntermediateSize = 1024, MaxPositions = 128, PaddingId = 1 },
        ["DistilBERT"] = new DistilBertConfig { VocabularySize = 1000, Layers = 2, HiddenSize = 256, Heads = 4, IntermediateSize = 1024, MaxPositions = 128 },
        ["ModernBERT"] = new ModernBertConfig
        {
            VocabularySize = 1000, Layers = 3, HiddenSize = 256, Heads = 4, IntermediateSize = 384, MaxPositions = 128, LocalReach = 8, IsLocal = [false, true, true],
        },
    };

    public static TheoryData<string, int, int, bool> Shapes => new()
    {
        { "small", 32, 256, true },
        { "small", 32, 256, false },
        { "MiniLM", 128, 16, true },
        { "MiniLM", 128, 16, false },
        { "gelu by tanh", 32, 256, true },
        { "gelu by tanh", 32, 256, false },
        { "RoBERTa", 32, 256, false },
        { "MPNet", 32, 256, true },
        { "MPNet", 64, 128, false },
        { "DistilBERT", 32, 256, true },
        { "ModernBERT", 64, 128, false },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Estimate_OfAStep_IsAboveWhatIsMeasuredAndNotFarAbove(string shape, int length, int texts, bool fused)
    {
        var config = Configs[shape];
        using var encoder = new SentenceEncoder(config, PoolingMode.Mean, normalize: false) { AllowsFusedKernels = fused };
        BertInitializer.Fill(encoder.named_parameters(), seed: 1);
        Step(encoder, length, texts: 1); // the parameters' gradients are there from now on

        var measured = ProcessMemory.PeakOf(() => Step(encoder, length, texts));

        var estimate = ActivationMemory.EstimatePerToken(config, length, fused) * length * texts;
        TestContext.Current.TestOutputHelper!.WriteLine($"{shape}, fused {fused}: measured {measured >> 20} MiB, estimate {estimate >> 20} MiB");
        Assert.InRange(estimate, measured, MostOverestimate * measured);
    }

    [Fact]
    public void TokensPerMicroBatch_Budget_FollowsFromBudgetAndShape()
    {
        using var model = EmbeddingModel.Create(TrainerJobs.Pairs.Model, seed: 1);

        var memory = new ActivationMemory(model, new BatchOptions { ActivationMemoryMb = 8 });

        // (2 layers + 1) × (16 × 32 + 3 × 64 + 4 × 2 heads × 64 tokens) × 4 bytes = 14592 bytes a token.
        Assert.Equal((8 << 20) / 14592, memory.TokensPerMicroBatch);
    }

    [Fact]
    public void TokensPerMicroBatch_NoBudget_IsTheJobs()
    {
        using var model = EmbeddingModel.Create(TrainerJobs.Pairs.Model, seed: 1);

        Assert.Equal(99, new ActivationMemory(model, new BatchOptions { TokensPerMicroBatch = 99 }).TokensPerMicroBatch);
    }

    [Fact]
    public void Constructor_BudgetBelowTheLongestText_IsAConflict()
    {
        using var model = EmbeddingModel.Create(new ModelOptions
        {
            New = TrainerJobs.Pairs.Model.New! with { HiddenSize = 256, IntermediateSize = 1024, MaxPositions = 128 }, MaxTokens = 128,
        }, seed: 1);

        Assert.Equal(
            "batch.activation_memory_mb is 9, but the activations of the longest text, 128 tokens, take up to 12 MiB; enlarge it, or set model.max_tokens lower",
            Assert.Throws<JobConflictException>(() => new ActivationMemory(model, new BatchOptions { ActivationMemoryMb = 9 })).Message);
    }

    private static void Step(SentenceEncoder encoder, int length, int texts)
    {
        using var scope = NewDisposeScope();
        var input = EncoderInput.From([.. Enumerable.Range(0, texts).Select(text => Enumerable.Range(text, length).ToArray())]);
        encoder.Encode(input, new DropoutKey(1, 0, 0, 0)).sum().backward();
    }
}
