using System.Text;
using System.Text.Json.Nodes;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Safetensors;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models.Folders;

/// <summary>Each bad folder ends in one line that names the file and what was expected; little is allocated before, and nothing is written.</summary>
public sealed class BadModuleFolderTests : IDisposable
{
    private const long MostAllocated = 64 << 20;

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public BadModuleFolderTests() => _model = _folder.Copy(new FamilyReference("bert-variants/dense").Folder, "model");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2_Dense/config.json", "\"in_features\": 32", "\"in_features\": 33", "the module takes 33 numbers, what comes before it gives 32")]
    [InlineData("2_Dense/config.json", "\"in_features\": 32", "\"in_features\": -1", "in_features is -1, a whole number above 0 was expected")]
    [InlineData("2_Dense/config.json", "\"in_features\": 32,", "", "no in_features")]
    [InlineData("2_Dense/config.json", "\"bias\": true", "\"bias\": \"yes\"", "bias is \"yes\", true or false was expected")]
    [InlineData(
        "2_Dense/config.json", "activation.Tanh", "activation.Softmax2d",
        "activation_function is torch.nn.modules.activation.Softmax2d; one of Identity, Tanh, ReLU, GELU, Sigmoid, SiLU, LeakyReLU, ELU, SELU, CELU, ReLU6, Softplus, Softsign, "
        + "Tanhshrink, Mish, LogSigmoid, Hardtanh, Hardsigmoid, Hardswish was expected")]
    [InlineData("2_Dense/config.json", "\"torch.nn.modules.activation.Tanh\"", "7", "activation_function is 7, a text was expected")]
    [InlineData(
        "2_Dense/config.json", "\"module_input_name\": \"sentence", "\"module_input_name\": \"token", "module_input_name is token_embedding; only sentence_embedding is supported")]
    [InlineData("1_Pooling/config.json", "\"mean\"", "[\"mean\", 3]", "pooling_mode is 3; some of cls, max, mean, mean_sqrt_len_tokens, weightedmean, lasttoken were expected")]
    [InlineData("1_Pooling/config.json", "\"include_prompt\": true", "\"include_prompt\": 1", "include_prompt is 1, true or false was expected")]
    [InlineData("sentence_bert_config.json", "feature-extraction", "text-generation", "transformer_task is text-generation; only feature-extraction is supported")]
    [InlineData("sentence_bert_config.json", "\"token_embeddings\"", "\"all_layers\"", "module_output_name is all_layers; only token_embeddings is supported")]
    [InlineData("config_sentence_transformers.json", "\"query\": \"\"", "\"query\": 5", "query is 5, a text was expected")]
    [InlineData("config_sentence_transformers.json", "\"default_prompt_name\": null", "\"default_prompt_name\": \"x\"", "no prompt has the name 'x'; the names are document, query")]
    [InlineData("config_sentence_transformers.json", "\"default_prompt_name\"", "\"truncate_dim\": 0, \"default_prompt_name\"", "truncate_dim is 0, a whole number above 0 was expected")]
    [InlineData("modules.json", "\"2_Dense\"", "\"1_Pooling\"", "two modules have the path '1_Pooling'")]
    [InlineData("modules.json", "\"2_Dense\"", "\"../../etc\"", "a module's path is ../../etc; a subfolder was expected")]
    [InlineData("modules.json", "\"2_Dense\"", "\"/etc\"", "a module's path is /etc; a subfolder was expected")]
    [InlineData("modules.json", "\"2_Dense\"", "\"c:\\\\x\"", "a module's path is c:\\x; a subfolder was expected")]
    [InlineData("modules.json", "\"2_Dense\"", "\"2_De\\nnse\"", "a module's path is 2_De nse; a subfolder was expected")]
    [InlineData("modules.json", "\"2_Dense\"", "\"9_Dense\"", "no config.json", "9_Dense")]
    [InlineData(
        "modules.json", "sentence_transformers.base.modules.dense", "mine",
        "module 2 is mine.Dense; a Transformer, a Pooling, then any of Dense, Normalize, Dropout, LayerNorm of sentence_transformers are supported")]
    [InlineData("config.json", "\"hidden_size\": 32", "\"hidden_size\": 1, \"hidden_size\": 32", "a key stands twice in an object")]
    [InlineData("config.json", "\"bert\"", "\"\\ud800\"", null)]
    public void Load_ChangedFile_NamesFileAndReason(string file, string old, string changed, string? reason, string? named = null)
    {
        var path = Path.Combine(_model, file);
        var text = File.ReadAllText(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(old, changed, StringComparison.Ordinal));

        AssertRefused(named is null ? path : Path.Combine(_model, named), reason);
    }

    [Theory]
    [InlineData("vocab_size")]
    [InlineData("num_hidden_layers")]
    [InlineData("max_position_embeddings")]
    [InlineData("intermediate_size")]
    [InlineData("hidden_size")]
    [InlineData("type_vocab_size")]
    public void Load_EncoderOfAbsurdSize_IsComparedWithItsWeightsFirst(string key)
    {
        var path = Path.Combine(_model, "config.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json[key] = 2_000_000_000;
        File.WriteAllText(path, json.ToJsonString());

        AssertRefused(path: null, reason: null);
    }

    [Fact]
    public void Load_DenseOfAbsurdSize_IsComparedWithItsWeightsFirst()
    {
        var config = Path.Combine(_model, "2_Dense", "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"out_features\": 20", "\"out_features\": 2000000000", StringComparison.Ordinal));

        AssertRefused(Path.Combine(_model, "2_Dense", "model.safetensors"), "tensor linear.weight has the shape [20, 32], config.json asks for [2000000000, 32]");
    }

    [Fact]
    public void Load_DenseWithAResidualThatIsNotStored_SaysSo()
    {
        var config = Path.Combine(_model, "2_Dense", "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"bias\"", "\"use_residual\": true, \"bias\"", StringComparison.Ordinal));

        AssertRefused(Path.Combine(_model, "2_Dense", "model.safetensors"), "no tensor residual.weight");
    }

    [Fact]
    public void Load_DenseWithAnotherTensor_SaysSo()
    {
        var path = Path.Combine(_model, "2_Dense", "model.safetensors");
        using var tensor = zeros(3);
        using (var reader = SafetensorsReader.Open(path))
        {
            var tensors = reader.Tensors.Select(entry => KeyValuePair.Create(entry.Name, reader.Read(entry.Name))).Append(KeyValuePair.Create("more", tensor)).ToArray();
            reader.Dispose();
            SafetensorsWriter.Write(path, tensors);
            foreach (var (_, read) in tensors)
                read.Dispose();
        }

        AssertRefused(path, "tensor more has no place in the module that config.json describes");
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("2_Dense/model.safetensors")]
    public void Load_PickledWeights_AreNeverRead(string file)
    {
        var path = Path.Combine(_model, file);
        foreach (var content in (byte[][])[[0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9], [.. "PK\x03\x04\x14\x00\x00\x00\x08\x08"u8], [0x80, 5, 0x95, 1, 2, 3, 4, 5, 6]])
        {
            File.WriteAllBytes(path, content);

            AssertRefused(path, "it is a pickled file of PyTorch, which is never read, whatever its name; safetensors was expected");
        }

        File.Move(path, Path.Combine(Path.GetDirectoryName(path)!, "pytorch_model.bin"));
        AssertRefused(Path.GetDirectoryName(path)!, "no model.safetensors; pickled weights (pytorch_model.bin) are not supported");
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("2_Dense/model.safetensors")]
    public void Load_HeaderAboveTheLimit_SaysSo(string file)
    {
        var path = Path.Combine(_model, file);
        File.WriteAllBytes(path, [1, 0, 0, 1, 0, 0, 0, 0, .. new byte[100]]);

        AssertRefused(path, "its header would have 16777217 bytes, more than 16777216");
    }

    [Theory]
    [InlineData("\"data_offsets\":[80,2640]", "\"data_offsets\":[40,2600]", "tensor linear.weight overlaps another")]
    [InlineData("\"shape\":[20]", "\"shape\":[40]", "tensor linear.bias of shape [40] and dtype F32 does not fit its 80 bytes")]
    [InlineData("\"shape\":[20]", "\"shape\":[-2]", "tensor linear.bias of shape [-2] and dtype F32 does not fit its 80 bytes")]
    [InlineData("\"shape\":[20]", "\"shape\":[20,1,1,1,1,1,1,1,1]", "tensor linear.bias has 9 dimensions, more than 8")]
    public void Load_BadTensorOfAModule_SaysSo(string old, string changed, string reason)
    {
        var path = Path.Combine(_model, "2_Dense", "model.safetensors");
        var content = File.ReadAllBytes(path);
        var header = BitConverter.ToInt32(content);
        var json = Encoding.UTF8.GetString(content, 8, header);
        Assert.Contains(old, json, StringComparison.Ordinal);
        byte[] replaced = [.. Encoding.UTF8.GetBytes(json.Replace(old, changed, StringComparison.Ordinal).TrimEnd())];
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)replaced.Length), .. replaced, .. content.AsSpan(8 + header)]);

        AssertRefused(path, reason);
    }

    [Fact]
    public void Load_ModulesWithoutEnd_AreTooMany()
    {
        var dropout = """{"type": "sentence_transformers.models.Dropout", "path": "x"}""";
        File.WriteAllText(Path.Combine(_model, "modules.json"), $"[{string.Join(", ", Enumerable.Repeat(dropout, 33))}]");

        AssertRefused(Path.Combine(_model, "modules.json"), "33 modules, more than 32");
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("modules.json")]
    [InlineData("tokenizer.json")]
    [InlineData("1_Pooling/config.json")]
    public void Load_DeeplyNestedJson_SaysSo(string file)
    {
        var path = Path.Combine(_model, file);
        File.WriteAllText(path, $"{{\"a\": {new string('[', 100_000)}");

        AssertRefused(path, "no valid JSON at line 1");
    }

    [Theory]
    [InlineData("config.json", (16L << 20) + 1, "16777217 bytes, more than the 16 MiB that such a file may have")]
    [InlineData("tokenizer_config.json", (16L << 20) + 1, "16777217 bytes, more than the 16 MiB that such a file may have")]
    [InlineData("tokenizer.json", (256L << 20) + 1, null)]
    public void Load_FileAboveTheLimit_IsNotRead(string file, long length, string? reason)
    {
        var path = Path.Combine(_model, file);
        using (var stream = File.OpenWrite(path))
            stream.SetLength(length);

        AssertRefused(path, reason);
    }

    [Fact]
    public void Load_TextThatIsNoUnicode_SaysSo()
    {
        var path = Path.Combine(_model, "modules.json");
        byte[] content = [.. File.ReadAllBytes(path)];
        content[content.AsSpan().IndexOf("2_Dense"u8)] = 0xff;
        File.WriteAllBytes(path, content);

        AssertRefused(path, "no valid UTF-8");
    }

    private void AssertRefused(string? path, string? reason)
    {
        var before = ModelFolderFiles.Of(_folder.Path).Keys.ToArray();
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        var exception = Assert.Throws<ModelFormatException>(() => EmbeddingModel.Load(_model));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, MostAllocated);
        Assert.Equal(path ?? exception.Path, exception.Path);
        Assert.DoesNotContain(exception.Message, char.IsControl);
        if (reason is not null)
            Assert.Equal(reason, exception.Reason);
        Assert.Equal(before, ModelFolderFiles.Of(_folder.Path).Keys);
    }
}
