using System.Text.Json.Nodes;
using Distributed.Training.Models;
using FsCheck;
using FsCheck.Fluent;

namespace Distributed.Training.Tests.Models.Families;

/// <summary>Whatever a config.json or an index says, an encoder loads or is refused in one line.</summary>
public sealed class ConfigFuzzTests
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1", "2", "7", "1.5", "1e30", "2147483647", "2147483648", "1e999", "\"x\"", "\"\"", "[]", "[null]", "[[[]]]", "{}",
        "{\"full_attention\": 3}", "{\"full_attention\": {\"rope_theta\": []}}", "\"gelu\"", "\"../x\"",
    ];

    [Theory]
    [InlineData("bert-variants/gelu-new", "config.json")]
    [InlineData("roberta", "config.json")]
    [InlineData("mpnet", "config.json")]
    [InlineData("distilbert", "config.json")]
    [InlineData("modernbert", "config.json")]
    [InlineData("bert-variants/sharded", "model.safetensors.index.json")]
    public void Load_AnyValueOfAnyKey_LoadsOrIsRefusedInALine(string name, string file)
    {
        using var folder = new ChangedFolder(name);
        var original = File.ReadAllText(folder.PathOf(file));
        var keys = JsonNode.Parse(original)!.AsObject().Select(pair => pair.Key).Append("rope_scaling").Append("is_decoder").Append("auto_map").Append("quantization_config").ToArray();

        Prop.ForAll(ArbMap.Default.ArbFor<(int Key, int Value)[]>(), changes =>
        {
            File.WriteAllText(folder.PathOf(file), original);
            folder.Change(file, json =>
            {
                foreach (var (key, value) in changes.Take(3))
                    json[keys[(uint)key % keys.Length]] = JsonNode.Parse(Values[(uint)value % Values.Length]);
            });
            return LoadsOrIsRefused(folder.Path);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("modernbert", "config.json")]
    [InlineData("bert-variants/sharded", "model.safetensors.index.json")]
    public void Load_AnyByteChanged_LoadsOrIsRefusedInALine(string name, string file)
    {
        using var folder = new ChangedFolder(name);
        var original = File.ReadAllBytes(folder.PathOf(file));

        Prop.ForAll(ArbMap.Default.ArbFor<(int Place, byte Value)[]>(), changes =>
        {
            var bytes = original.ToArray();
            foreach (var (place, value) in changes.Take(3))
                bytes[(uint)place % bytes.Length] = value;
            File.WriteAllBytes(folder.PathOf(file), bytes);
            return LoadsOrIsRefused(folder.Path);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0x80, "no valid UTF-8")]
    [InlineData(0, "a string has half of a surrogate pair")]
    public void Load_StringThatIsNoText_SaysSo(byte first, string reason)
    {
        using var folder = new ChangedFolder("bert-variants/sharded");
        var index = folder.PathOf("model.safetensors.index.json");
        var name = first == 0 ? "\\ud800"u8.ToArray() : [first];
        File.WriteAllBytes(index, [.. "{\"weight_map\": {\""u8, .. name, .. "\": \"model-00001-of-00003.safetensors\"}}"u8]);

        folder.AssertRefused(index, reason);
    }

    private static bool LoadsOrIsRefused(string folder)
    {
        try
        {
            using var encoder = FamilyReference.LoadEncoder(folder);
            return true;
        }
        catch (ModelFormatException refused)
        {
            return !refused.Message.Contains('\n', StringComparison.Ordinal);
        }
    }
}
