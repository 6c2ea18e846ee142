using Distributed.Testing;
using Distributed.Training.Safetensors;
using Distributed.Worker.Verbs;
using static TorchSharp.torch;

namespace Distributed.Worker.Tests.Verbs;

public sealed class MergeVerbTests : IDisposable
{
    private const string Map = "encoder.layer.0.attention.self.query";

    private static readonly string Model = ReferenceData.PathOf("encoder", "mini-mean");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Merge_Adapter_AddsItToTheWeights()
    {
        using var scope = NewDisposeScope();
        WriteAdapter(inputs: 64);

        var invocation = await RunAsync();

        Assert.Equal((0, "", ""), (invocation.ExitCode, invocation.Output, invocation.Error));
        var card = File.ReadAllText(_folder.PathOf("merged", "README.md"));
        Assert.Contains("`mini-mean` with the LoRA adapter `adapter`", card, StringComparison.Ordinal);
        Assert.Contains("| embedding | 64 dimensions, mean pooling |", card, StringComparison.Ordinal);
        using var before = SafetensorsReader.Open(Path.Combine(Model, "model.safetensors"));
        using var after = SafetensorsReader.Open(_folder.PathOf("merged", "model.safetensors"));
        Assert.Equal(before.Tensors.Select(tensor => tensor.Name), after.Tensors.Select(tensor => tensor.Name));
        foreach (var tensor in before.Tensors)
        {
            var difference = after.Read(tensor.Name) - before.Read(tensor.Name);
            var expected = tensor.Name == $"{Map}.weight" ? 1.5f : 0; // alpha 6 / rank 2, times 2 · 1 · 0.25
            Assert.InRange((difference - expected).abs().max().item<float>(), 0, 1e-6f);
        }
    }

    [Fact]
    public async Task Merge_WhatCannotBe_IsOneLineAndWritesNothing()
    {
        using var scope = NewDisposeScope();
        WriteAdapter(inputs: 48);

        Assert.Contains("lora_A.weight has the shape [2, 48], [2, 64] was expected", (await RunAsync()).OneLineOfRefusal(), StringComparison.Ordinal);
        Assert.Equal([_folder.PathOf("adapter")], Directory.GetFileSystemEntries(_folder.Path));

        Directory.CreateDirectory(_folder.PathOf("merged"));
        Assert.Contains("merged: it exists already and is not overwritten", (await RunAsync()).OneLineOfRefusal(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merge_ModelThatIsNoFolder_IsLookedForOnTheHub()
    {
        using var scope = NewDisposeScope();
        WriteAdapter(inputs: 64);

        Assert.EndsWith("(nor is there a folder org/none)", (await RunAsync("org/none")).OneLineOfRefusal(), StringComparison.Ordinal);
    }

    // What PEFT writes, as far as it matters.
    private void WriteAdapter(int inputs)
    {
        Directory.CreateDirectory(_folder.PathOf("adapter"));
        File.WriteAllText(_folder.PathOf("adapter", "adapter_config.json"), """{"peft_type": "LORA", "r": 2, "lora_alpha": 6, "target_modules": ["query"], "lora_dropout": 0.0, "bias": "none"}""");
        SafetensorsWriter.Write(_folder.PathOf("adapter", "adapter_model.safetensors"), new Dictionary<string, Tensor>
        {
            [$"base_model.model.{Map}.lora_A.weight"] = ones(2, inputs),
            [$"base_model.model.{Map}.lora_B.weight"] = full([64, 2], 0.25),
        });
    }

    private Task<VerbInvocation> RunAsync(string? model = null) => VerbInvocation.RunAsync(
        MergeVerb.Create(Hubs.None), "--model", model ?? Model, "--adapter", _folder.PathOf("adapter"), "--output", _folder.PathOf("merged"));
}
