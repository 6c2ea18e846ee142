using System.Text.Json.Nodes;
using Distributed.Testing;
using Distributed.Training.Models;
using Distributed.Training.Tokenization;

namespace Distributed.Training.Tests.Tokenization;

/// <summary>Every bad tokenizer.json ends in one line that names the file and what is wrong.</summary>
public sealed class BadTokenizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public BadTokenizerTests() => _path = _folder.PathOf("tokenizer.json");

    public void Dispose() => _folder.Dispose();

    // A folder with tokenizer.json alone, which is obeyed. The second value is JSON that takes the place of what the path names.
    [Theory]
    [InlineData("version", "\"2.0\"", "the version is \"2.0\", 1.0 was expected")]
    [InlineData("normalizer", "{\"type\": \"Unheard\"}", "the normalizer Unheard is not supported")]
    [InlineData("normalizer", "{}", "the normalizer without a type is not supported")]
    [InlineData("normalizer", "\"NFC\"", "normalizer is \"NFC\", an object was expected")]
    [InlineData("normalizer", "{\"type\": 3}", "type is 3, a text was expected")]
    [InlineData("normalizer", "{\"type\": \"Precompiled\", \"precompiled_charsmap\": [1]}", "precompiled_charsmap is [1], a text was expected")]
    [InlineData("pre_tokenizer", "[]", "pre_tokenizer is [], an object was expected")]
    [InlineData("post_processor", "true", "post_processor is true, an object was expected")]
    [InlineData("model/unk_token", "3", "unk_token is 3, a text was expected")]
    [InlineData("added_tokens", "[{\"content\": 3}]", "content is 3, a text was expected")]
    [InlineData("truncation", "\"left\"", "truncation is \"left\", an object was expected")]
    [InlineData("normalizer", "{\"type\": \"Sequence\", \"normalizers\": [3]}", "normalizers has the entry 3, an object was expected")]
    [InlineData("normalizer", "{\"type\": \"Sequence\"}", "no list normalizers in Sequence")]
    [InlineData("normalizer", "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"AAA\"}", "precompiled_charsmap is no base64")]
    [InlineData("normalizer", "{\"type\": \"Precompiled\", \"precompiled_charsmap\": \"ALwCAA==\"}", "the character map has 4 bytes, its trie alone 179200")]
    [InlineData("normalizer", "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"(a+)+$\"}, \"content\": \"\"}", "Replace has the regular expression (a+)+$, which is not supported")]
    [InlineData("normalizer", "{\"type\": \"Replace\", \"pattern\": {\"String\": \"\"}, \"content\": \"\"}", "Replace has an empty pattern")]
    [InlineData("normalizer", "{\"type\": \"Replace\", \"pattern\": {\"String\": \"a\"}}", "no content in Replace")]
    [InlineData("pre_tokenizer", "{\"type\": \"UnicodeScripts\"}", "the pre_tokenizer UnicodeScripts is not supported")]
    [InlineData("pre_tokenizer", "{\"type\": \"Metaspace\", \"replacement\": \"ab\"}", "Metaspace has the replacement ab, one character was expected")]
    [InlineData("pre_tokenizer", "{\"type\": \"Metaspace\", \"prepend_scheme\": \"last\"}", "Metaspace has the prepend_scheme last; always, first and never are known")]
    [InlineData("pre_tokenizer", "{\"type\": \"Punctuation\", \"behavior\": \"Eaten\"}", "Punctuation has the behavior Eaten, which is not supported")]
    [InlineData("post_processor", "{\"type\": \"Unheard\"}", "the post_processor Unheard is not supported")]
    [InlineData("post_processor", "null", "no special tokens around a text: an empty one would have no tokens")]
    [InlineData("post_processor", "{\"type\": \"BertProcessing\", \"cls\": [\"[CLS]\", 2]}", "post_processor has no sep")]
    [InlineData("post_processor", "{\"type\": \"TemplateProcessing\", \"single\": []}", "post_processor has a single template that does not hold the text once")]
    [InlineData("post_processor", "{\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"[X]\"}}]}", "post_processor does not say the ids of [X]")]
    [InlineData("model", "null", "no model")]
    [InlineData("model/type", "\"WordLevel\"", "the model WordLevel is not supported")]
    [InlineData("model/type", "\"BPE\"", "no list merges in BPE")]
    [InlineData("model", "{\"type\": \"Unigram\", \"unk_id\": 0}", "no list vocab in Unigram")]
    [InlineData("model/vocab", "null", "the model has no vocab")]
    [InlineData("model/vocab", "[]", "vocab is [], an object was expected")]
    [InlineData("model/vocab", "{\"a\": 16777216}", "the token a has the id 16777216; ids from 0 to 16777215 are possible")]
    [InlineData("model/vocab", "{\"a\": 1.5}", "the token a has the id 1.5; ids from 0 to 16777215 are possible")]
    [InlineData("model/vocab", "{\"a\": 1, \"b\": 1}", "the tokens a and b have the same id 1")]
    [InlineData("model/vocab", "{\"a\": 1}", "the vocabulary has no [UNK]")]
    [InlineData("model/vocab", "{\"\\ud800\": 1}", "a string has half of a surrogate pair")]
    [InlineData("model/unk_token", "\"[X]\"", "the vocabulary has no [X]")]
    [InlineData("model", "{\"type\": \"BPE\", \"dropout\": 0.1}", "dropout of merges is not supported")]
    [InlineData("model", "{\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"a b c\"]}", "merges has the entry \"a b c\", two tokens were expected")]
    [InlineData("model", "{\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [[\"a\", \"b\"]]}", "a merge names b, which the vocabulary lacks")]
    [InlineData("model", "{\"type\": \"Unigram\", \"vocab\": [[\"a\", 0]]}", "Unigram without unk_id is not supported")]
    [InlineData("model", "{\"type\": \"Unigram\", \"vocab\": [[\"a\", 0]], \"unk_id\": 7}", "unk_id is 7, there are 1 pieces")]
    [InlineData("model", "{\"type\": \"Unigram\", \"vocab\": [[\"a\"]], \"unk_id\": 0}", "vocab has the entry [\"a\"], [piece, score] was expected")]
    [InlineData("added_tokens", "[{}]", "an added token has no content")]
    [InlineData("added_tokens", "[{\"content\": \"x\", \"id\": -3}]", "the token x has the id -3; ids from 0 to 16777215 are possible")]
    [InlineData("padding", "{\"direction\": \"Left\"}", "padding on the left is not supported: positions would depend on the other texts of a batch")]
    [InlineData("truncation", "{\"direction\": \"Up\"}", "truncation has the direction Up")]
    public void Read_ChangedPart_NamesFileAndReason(string place, string json, string reason)
    {
        var file = JsonNode.Parse(File.ReadAllBytes(ReferenceData.PathOf("families", "distilbert", "model", "tokenizer.json")))!.AsObject();
        var (parent, key) = place.Split('/') is [var outer, var inner] ? (file[outer]!.AsObject(), inner) : (file, place);
        parent[key] = "PLACE";
        File.WriteAllText(_path, file.ToJsonString().Replace("\"PLACE\"", json, StringComparison.Ordinal));

        var failure = Assert.Throws<ModelFormatException>(() => TokenizerFolder.Read(_folder.Path));

        Assert.Equal((_path, reason), (failure.Path, failure.Reason));
    }

    /// <summary>Where Python's class makes these parts itself, the file is not obeyed in them, but still has to be one that Python can read.</summary>
    [Theory]
    [MemberData(nameof(ClassesAndParts))]
    public void Read_UnknownPartBesideAClass_NamesFileAndReason(string folder, string part, string list)
    {
        var path = Path.Combine(_folder.Copy(ReferenceData.PathOf(folder.Split('/')), "model"), "tokenizer.json");
        var file = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        (string Json, string Reason)[] cases =
        [
            ("{\"type\": \"Unheard\"}", $"the {part} Unheard is not supported"),
            ("{}", $"the {part} without a type is not supported"),
            ($"{{\"type\": \"Sequence\", \"{list}\": [{{\"type\": \"Unheard\"}}]}}", $"the {part} Unheard is not supported"),
            ("{\"type\": \"Sequence\"}", $"no list {list} in Sequence"),
            ("\"NFC\"", $"{part} is \"NFC\", an object was expected"),
        ];

        foreach (var (json, reason) in cases)
        {
            file[part] = JsonNode.Parse(json);
            File.WriteAllText(path, file.ToJsonString());
            Assert.Equal((path, reason), Refusal(Path.GetDirectoryName(path)!));
        }
    }

    public static TheoryData<string, string, string> ClassesAndParts()
    {
        string[] folders = ["encoder/mini-mean", "families/distilbert/model", "families/mpnet/model", "families/roberta/model", "families/xlm-r/model", "families/modernbert/model"];
        (string Part, string List)[] parts = [("normalizer", "normalizers"), ("pre_tokenizer", "pretokenizers"), ("post_processor", "processors"), ("decoder", "decoders")];
        return [.. folders.SelectMany(_ => parts, (folder, part) => (folder, part.Part, part.List))];
    }

    // Parts that there is no reader for here, which the class does not need either.
    [Theory]
    [InlineData("{\"type\": \"UnicodeScripts\"}")]
    [InlineData("{\"type\": \"Split\", \"pattern\": {\"Regex\": \"[a-z]+\"}, \"behavior\": \"Isolated\", \"invert\": false}")]
    public void Read_PartOfTheLibraryBesideAClass_IsNotObeyed(string preTokenizer)
    {
        var folder = _folder.Copy(ReferenceData.PathOf("families", "distilbert", "model"), "model");
        var expected = TokenizerFolder.Read(folder).Encode("Hello, world", 64);
        var path = Path.Combine(folder, "tokenizer.json");
        var file = JsonNode.Parse(File.ReadAllText(path))!;
        file["pre_tokenizer"] = JsonNode.Parse(preTokenizer);
        File.WriteAllText(path, file.ToJsonString());

        Assert.Equal(expected, TokenizerFolder.Read(folder).Encode("Hello, world", 64));
    }

    private static (string Path, string Reason) Refusal(string folder)
    {
        var failure = Assert.Throws<ModelFormatException>(() => TokenizerFolder.Read(folder));
        return (failure.Path, failure.Reason);
    }

    [Fact]
    public void Read_NestedWithoutEnd_IsNoValidJson()
    {
        File.WriteAllText(_path, "{\"normalizer\": " + string.Concat(Enumerable.Repeat("{\"type\": \"Sequence\", \"normalizers\": [", 100_000)));

        Assert.Equal("no valid JSON at line 1", Assert.Throws<ModelFormatException>(() => TokenizerFolder.Read(_folder.Path)).Reason);
    }

    [Fact]
    public void Read_FileOfManyMebibytes_IsNotRead()
    {
        using (var file = File.Create(_path))
            file.SetLength((1L << 27) + 1);

        Assert.Equal("134217729 bytes, more than the 128 MiB that such a file may have", Assert.Throws<ModelFormatException>(() => TokenizerFolder.Read(_folder.Path)).Reason);
    }

    /// <summary>Values of published files, exchanged at random: a named error or a tokenizer that works.</summary>
    [Theory]
    [InlineData("roberta")]
    [InlineData("xlm-r")]
    [InlineData("modernbert")]
    public void Read_ExchangedValues_IsRefusedOrWorks(string family)
    {
        const int Files = 60;
        var text = Small(File.ReadAllText(ReferenceData.PathOf("families", family, "model", "tokenizer.json")));
        var random = new Random(12345);

        for (var i = 0; i < Files; i++)
        {
            var file = JsonNode.Parse(text)!;
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                Exchange(file, random);
            File.WriteAllText(_path, file.ToJsonString());
            AssertRefusedOrWorks();
        }
    }

    private void AssertRefusedOrWorks()
    {
        try
        {
            var tokenizer = TokenizerFolder.Read(_folder.Path);
            Assert.InRange(tokenizer.Encode("Le café <mask> ﬁ  12 日本\t'll", 1000).Length, tokenizer.SpecialTokens, 1000);
        }
        catch (ModelFormatException failure)
        {
            Assert.DoesNotContain('\n', failure.Message);
        }
    }

    // A value somewhere becomes one from somewhere else, or an odd one.
    private static void Exchange(JsonNode file, Random random)
    {
        var all = Descendants(file).Where(node => node.Parent is not null).ToArray();
        var (target, source) = (all[random.Next(all.Length)], all[random.Next(all.Length)]);
        JsonNode?[] odd = [null, -1, 1e300, "", "\u0000", true, new JsonArray(), new JsonObject(), int.MaxValue];
        target.ReplaceWith(random.Next(2) == 0 ? source.DeepClone() : odd[random.Next(odd.Length)]);
    }

    private static IEnumerable<JsonNode> Descendants(JsonNode node)
    {
        var children = node switch
        {
            JsonObject inner => inner.Select(pair => pair.Value),
            JsonArray inner => inner,
            _ => Enumerable.Empty<JsonNode?>(),
        };
        return children.OfType<JsonNode>().SelectMany(Descendants).Prepend(node);
    }

    // Parts as likely as pieces: a vocabulary of 60.
    private static string Small(string text)
    {
        const int Pieces = 60;
        var file = JsonNode.Parse(text)!;
        switch (file["model"]!["vocab"])
        {
            case JsonArray pieces:
                pieces.RemoveRange(Pieces, pieces.Count - Pieces);
                break;
            case JsonObject tokens:
                foreach (var key in tokens.Where(pair => (int)pair.Value! >= Pieces).Select(pair => pair.Key).ToArray())
                    tokens.Remove(key);
                break;
        }

        if (file["model"]!["merges"] is JsonArray merges)
            merges.Clear();
        return file.ToJsonString();
    }
}
