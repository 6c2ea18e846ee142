using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Distributed.Hub.Tests.Serving;

/// <summary>A commit of a model on the test's hub.</summary>
/// <param name="Commit">Its hash.</param>
/// <param name="Files">Contents by name.</param>
internal sealed record ServedModel(string Commit, IReadOnlyDictionary<string, byte[]> Files)
{
    private const int LargeBytes = 10_000;

    /// <summary>A small sentence-transformers model with everything that is fetched, and much that is not.</summary>
    public static ServedModel Create(int seed = 1, int weightBytes = 3_000_000)
    {
        var weights = new byte[weightBytes];
        new Random(seed).NextBytes(weights);
        return Of(seed, new()
        {
            ["modules.json"] = Utf8(
                """[{"idx":0,"path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"path":"1_Pooling","type":"sentence_transformers.models.Pooling"},{"idx":2,"path":"2_Normalize","type":"sentence_transformers.models.Normalize"}]"""),
            ["config.json"] = Utf8("""{"model_type":"bert"}"""),
            ["tokenizer.json"] = Utf8("{}"),
            ["vocab.txt"] = Utf8("[PAD]\n[UNK]\n"),
            ["1_Pooling/config.json"] = Utf8("""{"pooling_mode":"mean"}"""),
            ["model.safetensors"] = weights,
            ["pytorch_model.bin"] = [1, 2, 3],
            ["onnx/model.onnx"] = [4],
            ["onnx/config.json"] = Utf8("{}"),
            ["train_script.py"] = Utf8("pass"),
            ["README.md"] = Utf8("# A model"),
            [".gitattributes"] = [],
        });
    }

    /// <summary>A commit with these files; the number makes its hash.</summary>
    public static ServedModel Of(int number, Dictionary<string, byte[]> files) => new(number.ToString("x40", CultureInfo.InvariantCulture), files);

    /// <summary>The same with some files changed, added, or, where null, removed.</summary>
    public ServedModel With(int number, params (string Name, byte[]? Content)[] changes)
    {
        var files = new Dictionary<string, byte[]>(Files);
        foreach (var (name, content) in changes)
            if (content is null)
                files.Remove(name);
            else
                files[name] = content;
        return Of(number, files);
    }

    /// <summary>Whether the hub hands a file's content to its CDN.</summary>
    public static bool IsLarge(byte[] content) => content.Length >= LargeBytes;

    /// <summary>What the hub calls a content: SHA-256 of a large one, git's hash of a small one.</summary>
    public static string Etag(byte[] content) => Convert.ToHexStringLower(
#pragma warning disable CA5350 // Git's choice.
        IsLarge(content) ? SHA256.HashData(content) : SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
