using Distributed.Jobs;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Models.Adapters;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Adapters;

/// <summary>The reference's small BERT with adapters whose B is not 0, as if they had been trained.</summary>
internal static class AdapterCases
{
    /// <summary>Adapters on every linear map, with a dropout of their own.</summary>
    public static LoraOptions Everywhere { get; } = new() { Rank = 3, Alpha = 6, Dropout = 0.2, Targets = ["*"] };

    public static string Folder { get; } = ReferenceData.PathOf("encoder", "mini-mean");

    public static EmbeddingModel Load(LoraOptions options, double dropout = 0)
    {
        var model = EmbeddingModel.Load(Folder, new ModelOptions { Dropout = dropout });
        model.Adapter = LoraAdapter.Create(model.Encoder, options, seed: 5);
        Train(model.Adapter);
        return model;
    }

    /// <summary>Gives every B small numbers that differ.</summary>
    public static void Train(LoraAdapter adapter)
    {
        using var scope = NewDisposeScope();
        using var withoutGraph = no_grad();
        foreach (var (number, map) in adapter.Maps.Values.Index())
        {
            var up = map.Update!.Up.Weight;
            up.copy_((linspace(1, 40, up.numel()) + number).sin().view(up.shape) * 0.1);
        }
    }
}
