using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models.Adapters;
using Distributed.Training.Safetensors;
using Distributed.Training.Tests.Models.Adapters;

namespace Distributed.Training.Tests.Steps;

/// <summary>Training some of the parameters, or adapters: the same bits for any ranks, and nothing kept or sent for the rest.</summary>
public sealed class ParameterChoiceTests
{
    private static readonly ModelOptions Model = TrainerJobs.Pairs.Model;

    private static readonly LoraOptions Lora = new() { Rank = 2, Alpha = 8, Dropout = 0.1, Targets = ["query", "value", "*.dense"] };

    public static TheoryData<string, Job> Jobs => new()
    {
        { "frozen", TrainerJobs.Pairs with { Model = Model with { FreezeLayers = 1 } } },
        { "biases alone", TrainerJobs.Pairs with { Model = Model with { Freeze = ["*.weight"] } } },
        { "rates", TrainerJobs.Pairs with { Optimizer = TrainerJobs.Pairs.Optimizer with { Rates = [new RateOptions { Pattern = "embeddings", Factor = 0.1 }] } } },
        { "adapters", TrainerJobs.Pairs with { Model = Model with { Lora = Lora } } },
        { "adapters, labelled", TrainerJobs.Labelled with { Model = Model with { Lora = Lora } } },
        { "bfloat16", TrainerJobs.Pairs with { Precision = Precision.BFloat16 } },
        { "adapters in bfloat16", TrainerJobs.Pairs with { Precision = Precision.BFloat16, Model = Model with { Lora = Lora } } },
    };

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task ComputeStep_AnyRanks_SameBitsAsOneRank(string choice, Job job)
    {
        Assert.NotEmpty(choice);
        var one = await BitHistory.OfAsync(job, [7], steps: 3);

        Assert.Equal(one, await BitHistory.OfAsync(job, [4, 3], steps: 3));
        Assert.Equal(one, await BitHistory.OfAsync(job, [3, 2, 2], steps: 3));
    }

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task ComputeStep_GradientCache_SameBitsAsPlainPath(string choice, Job job)
    {
        Assert.NotEmpty(choice);
        var plain = await BitHistory.OfAsync(job with { Batch = job.Batch with { GradientCache = GradientCacheMode.Off } }, [7], steps: 2);

        Assert.Equal(plain, await BitHistory.OfAsync(job with { Batch = job.Batch with { GradientCache = GradientCacheMode.On } }, [7], steps: 2));
    }

    [Fact]
    public async Task Trainer_Frozen_KeepsTheirStateAndBytesOut()
    {
        using var ranks = new TrainerRanks(TrainerJobs.Pairs with { Model = Model with { FreezeLayers = 1 } }, [4, 3]);
        var before = Values(ranks, "embeddings.word_embeddings.weight");

        await ranks.StepAsync(TestContext.Current.CancellationToken);

        var layout = ranks.Trainers[0].StateLayout;
        Assert.All(layout.Slots, slot => Assert.StartsWith("encoder.layer.1.", slot.Name, StringComparison.Ordinal));
        Assert.Equal([layout.Length, layout.Length], ranks.Collectives.Select(rank => rank.SumLengths.Single()));
        Assert.Equal(before, Values(ranks, "embeddings.word_embeddings.weight"));
        Assert.Equal(0, ranks.Trainers[0].Model.Encoder.named_parameters().Count(entry => !entry.parameter.requires_grad && entry.parameter.grad is not null));
    }

    [Fact]
    public async Task Trainer_Adapters_HoldsAndSendsNothingElse()
    {
        using var ranks = new TrainerRanks(TrainerJobs.Pairs with { Model = Model with { Lora = Lora with { Targets = [] } } }, [4, 3]);
        var before = Values(ranks, "encoder.layer.1.attention.self.query.weight");

        await ranks.StepAsync(TestContext.Current.CancellationToken);
        await ranks.StepAsync(TestContext.Current.CancellationToken);

        var layout = ranks.Trainers[0].StateLayout;
        Assert.Equal(2 * 2 * 2 * 2 * 32, layout.Length); // two layers, queries and values, A and B, rank 2, width 32
        Assert.All(layout.Slots, slot => Assert.Matches(@"\.lora_[AB]\.weight$", slot.Name));
        Assert.Equal([layout.Length, layout.Length], ranks.Collectives[1].SumLengths);
        Assert.Equal(before, Values(ranks, "encoder.layer.1.attention.self.query.weight"));
        Assert.Contains(Values(ranks, "encoder.layer.1.attention.self.query.lora_B.weight"), value => value != 0);
    }

    [Fact]
    public async Task Trainer_AdapterOfAFolder_GoesOnWithIt()
    {
        using var folder = new TemporaryFolder();
        using (var start = AdapterCases.Load(new LoraOptions { Rank = 2 }))
            start.SaveAdapter(folder.PathOf("adapter"), "", new BaseModel("base", null));
        var job = TrainerJobs.Pairs with { Model = new ModelOptions { Folder = AdapterCases.Folder, Adapter = folder.PathOf("adapter") } };
        using var ranks = new TrainerRanks(job, [7]);

        var result = await ranks.StepAsync(TestContext.Current.CancellationToken);

        Assert.True(result[0].IsFinite && result[0].GradientNorm > 0);
        Assert.All(ranks.Trainers[0].StateLayout.Slots, slot => Assert.Contains(".lora_", slot.Name, StringComparison.Ordinal));
        Assert.Contains(Values(ranks, "encoder.layer.0.attention.self.query.lora_B.weight"), value => Math.Abs(value) > 0.05);
    }

    [Fact]
    public async Task ComputeStep_OtherFrozenWeights_AreSeenInTheDigest()
    {
        using var folder = new TemporaryFolder();
        var other = folder.Copy(AdapterCases.Folder, "model");
        ChangeTokenType(Path.Combine(other, "model.safetensors"));
        var job = TrainerJobs.Pairs with { Model = new ModelOptions { Folder = AdapterCases.Folder, FreezeLayers = 1 } };
        using var here = new TrainerRanks(job, [7]);
        using var there = new TrainerRanks(job with { Model = job.Model with { Folder = other } }, [7]);

        var (first, second) = ((await here.ComputeAsync(TestContext.Current.CancellationToken))[0], (await there.ComputeAsync(TestContext.Current.CancellationToken))[0]);

        Assert.Equal(first.GradientNorm, second.GradientNorm); // no text has tokens of type 1
        Assert.NotEqual(first.GradientDigest, second.GradientDigest);
    }

    private static void ChangeTokenType(string path)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        Dictionary<string, TorchSharp.torch.Tensor> tensors;
        using (var reader = SafetensorsReader.Open(path))
            tensors = reader.Tensors.ToDictionary(tensor => tensor.Name, tensor => reader.Read(tensor.Name));
        tensors["embeddings.token_type_embeddings.weight"][1, 0] = 1;
        SafetensorsWriter.Write(path, tensors);
    }

    private static float[] Values(TrainerRanks ranks, string name) => ranks.Trainers[0].Model.Encoder.get_parameter(name)!.data<float>().ToArray();
}
