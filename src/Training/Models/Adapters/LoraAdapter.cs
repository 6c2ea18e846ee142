using System.Collections.Immutable;
using Distributed.Data.Planning;
using Distributed.Jobs;
using Distributed.Training.Models.Encoders;
using Distributed.Training.Optimization;
using Distributed.Training.Runtime;

namespace Distributed.Training.Models.Adapters;

/// <summary>
/// The adapters of a model (LoRA, Hu et al. 2021, arXiv 2106.09685), one on each of some of its linear maps. Making them freezes the encoder, whose own weights they leave as
/// they are; their parameters are the encoder's from then on.
/// </summary>
internal sealed class LoraAdapter
{
    // Names of queries and values in the families, as PEFT chooses them; MPNet's, and ModernBERT's joint map, for which PEFT has no choice.
    private static readonly ImmutableArray<string> DefaultTargets = ["query", "value", "q_lin", "v_lin", "q", "v", "Wqkv"];

    private LoraAdapter(LoraConfig config, ImmutableSortedDictionary<string, Weights> maps, byte[]? configFile = null)
    {
        Config = config;
        Maps = maps;
        ConfigFile = configFile;
    }

    /// <summary>Rank, scale and dropout.</summary>
    public LoraConfig Config { get; }

    /// <summary>The maps that have an adapter, by name.</summary>
    public ImmutableSortedDictionary<string, Weights> Maps { get; }

    /// <summary>adapter_config.json as it was read; null: the adapter is new.</summary>
    public byte[]? ConfigFile { get; }

    /// <summary>The same adapters, with the adapter_config.json that describes them.</summary>
    public LoraAdapter WithFile(byte[] configFile) => new(Config, Maps, configFile);

    /// <summary>
    /// New adapters, as PEFT starts them: A uniform in ±1/√inputs (Kaiming's with a = √5), B zero, so that the model is as before. The numbers come from a
    /// generator of our own: a seed names one adapter.
    /// </summary>
    /// <exception cref="JobConflictException">A target matches nothing.</exception>
    public static LoraAdapter Create(SentenceEncoder encoder, LoraOptions options, int seed)
    {
        var adapter = Attach(encoder, Targets(encoder, options.Targets), LoraConfig.Of(options));
        var random = new SplitMix(((ulong)(uint)seed << 32) | 0x4c6f5241); // apart from the sequence that names new weights
        foreach (var map in adapter.Maps.Values)
        {
            var down = map.Update!.Down.Weight;
            var bound = 1 / Math.Sqrt(down.shape[1]);
            foreach (ref var element in down.Elements<float>())
                element = (float)(((2 * random.NextUniform()) - 1) * bound);
        }

        return adapter;
    }

    /// <summary>Zero adapters on the maps of these names, the encoder frozen.</summary>
    public static LoraAdapter Attach(SentenceEncoder encoder, IEnumerable<string> names, LoraConfig config)
    {
        FrozenParameters.Freeze(encoder.Tokens.named_parameters());
        var all = LinearMaps(encoder);
        var maps = names.ToImmutableSortedDictionary(name => name, name => all[name], StringComparer.Ordinal);
        foreach (var (site, map) in maps.Values.Index())
        {
            var (outputs, inputs) = (map.Weight.shape[0], map.Weight.shape[1]);
            map.Attach(new LowRankUpdate(site, new LoraMatrix(config.Rank, inputs), new LoraMatrix(outputs, config.Rank), config.Scale, config.Dropout));
        }

        return new LoraAdapter(config, maps);
    }

    /// <summary>The encoder's linear maps by name.</summary>
    public static ImmutableSortedDictionary<string, Weights> LinearMaps(SentenceEncoder encoder) => encoder.Tokens.named_modules()
        .Where(entry => entry.module is Weights { IsLinear: true })
        .ToImmutableSortedDictionary(entry => entry.name, entry => (Weights)entry.module, StringComparer.Ordinal);

    private static SortedSet<string> Targets(SentenceEncoder encoder, ImmutableArray<string> targets)
    {
        var names = LinearMaps(encoder).Keys.ToArray();
        var chosen = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var target in targets.IsEmpty ? DefaultTargets : targets)
        {
            var pattern = new NamePattern(target);
            var matched = names.Where(pattern.MatchesEnd).ToArray();
            if (matched.Length == 0 && !targets.IsEmpty)
                throw pattern.MatchesNothing("model.lora.targets", "linear map", names);
            chosen.UnionWith(matched);
        }

        return chosen.Count > 0 ? chosen : throw new JobConflictException("model.lora.targets is needed: this encoder calls its queries and values by no known name");
    }
}
