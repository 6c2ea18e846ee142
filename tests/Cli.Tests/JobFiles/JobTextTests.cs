using Distributed.Cli.JobFiles;

namespace Distributed.Cli.Tests.JobFiles;

public sealed class JobTextTests
{
    private static string Set(string text, string key, string value) => JobText.Of(text).Set(new JobOverride(key, value), value).Text;

    [Fact]
    public void Set_KeyThatIsThere_ReplacesOnlyItsValue()
    {
        var text = "seed: 12   # any number\noptimizer:\n  max_steps: 5 # few\n  epochs: 1\n";

        Assert.Equal("seed: 12   # any number\noptimizer:\n  max_steps: 20 # few\n  epochs: 1\n", Set(text, "optimizer.max_steps", "20"));
    }

    [Fact]
    public void Set_KeyMissingInItsSection_IsAddedBeforeTheFirstKey()
        => Assert.Equal("optimizer:\n  max_steps: 20\n  epochs: 1\n", Set("optimizer:\n  epochs: 1\n", "optimizer.max_steps", "20"));

    [Fact]
    public void Set_MissingSection_IsAddedAtTheTop()
        => Assert.Equal("workers: {count: 3}\nseed: 12\n", Set("seed: 12\n", "workers.count", "3"));

    [Fact]
    public void Set_SectionWithoutKeys_GetsOne()
        => Assert.Equal("workers: {count: 3}\nseed: 12\n", Set("workers:\nseed: 12\n", "workers.count", "3"));

    [Fact]
    public void Set_EmptyBraces_AreFilled()
        => Assert.Equal("workers: {count: 3} # none\nseed: 12\n", Set("workers: { } # none\nseed: 12\n", "workers.count", "3"));

    [Fact]
    public void Set_SectionInBraces_StaysInBraces()
        => Assert.Equal("workers: {count: 3, threads: 1}\n", Set("workers: {threads: 1}\n", "workers.count", "3"));

    [Theory]
    [InlineData("data:\n  train:\n    - a\n    - b\n  label: c\n")]
    [InlineData("data:\n  train:\n  - a\n  - b\n  label: c\n")]
    [InlineData("data:\n  train: [a,\n   b, # ]\n  ]\n  label: c\n")]
    [InlineData("data:\n  train: []\n  label: c\n")]
    [InlineData("data: {train: [a, [b]], label: c}\n")]
    public void Set_List_IsReplacedAsAWholeInAsManyLines(string text)
    {
        var edited = Set(text, "data.train", "['x', 'y']");

        var data = (YamlDotNet.RepresentationModel.YamlMappingNode)YamlText.Root(edited)!["data"];
        Assert.Equal(["x", "y"], data["train"].AllNodes.OfType<YamlDotNet.RepresentationModel.YamlScalarNode>().Select(n => n.Value));
        Assert.Equal("c", data["label"].ToString());
        Assert.Equal(text.Count(c => c == '\n'), edited.Count(c => c == '\n'));
    }

    [Fact]
    public void Set_AddedLine_KeepsTheOriginsOfTheOthers()
    {
        var text = JobText.Of("seed: 12\noptimizer:\n  epochs: 1\n").Set(new JobOverride("optimizer.max_steps", "20"), "20");

        Assert.Equal([1, 2, 0, 3, 4], text.Origins.Select(origin => origin.Line));
        Assert.Equal("optimizer.max_steps", text.Origins[2].Override!.Key);
    }

    [Fact]
    public void Set_SameMissingSectionTwice_HoldsBothKeys()
    {
        var text = JobText.Of("seed: 12\n")
            .Set(new JobOverride("workers.count", "3"), "3")
            .Set(new JobOverride("workers.threads", "2"), "2");

        Assert.Equal("workers: {threads: 2, count: 3}\nseed: 12\n", text.Text);
    }

    [Fact]
    public void WithPaths_LossesAndDatasets_AreMadeAbsoluteToo()
    {
        var text = JobText.Of("datasets:\n- name: a\n  data: {train: a.csv}\n  loss: {kind: custom, assembly: a.dll}\n- data:\n    train: [b.csv]\n  loss:\n    guide: g\n");

        Assert.Equal(
            "datasets:\n- name: a\n  data: {train: '/a.csv'}\n  loss: {kind: custom, assembly: '/a.dll'}\n- data:\n    train: ['/b.csv']\n  loss:\n    guide: '/g'\n",
            text.WithPaths(path => "/" + path).Text);
    }

    [Fact]
    public void WithPaths_EveryPath_IsMadeAbsolute()
    {
        var text = JobText.Of("data:\n  train: [a.jsonl, \"b c.jsonl\"]   # two\n  label: a\noutput: {folder: runs/x}\nmodel:\n  folder: ~\n");

        var absolute = text.WithPaths(path => "/j/" + path).Text;

        Assert.Equal("data:\n  train: ['/j/a.jsonl', '/j/b c.jsonl']   # two\n  label: a\noutput: {folder: '/j/runs/x'}\nmodel:\n  folder: ~\n", absolute);
    }

    [Theory]
    [InlineData("20", "20")]
    [InlineData("", "null")]
    [InlineData("[a, b]", "[a, b]")]
    [InlineData("a #b", "'a #b'")]
    [InlineData("a: b", "'a: b'")]
    [InlineData("it's", "it's")]
    [InlineData("x, y: 2", "'x, y: 2'")]
    [InlineData("'quoted'", "'quoted'")]
    public void Value_OfTheCommandLine_StandsForItself(string raw, string expected) => Assert.Equal(expected, YamlText.Value(raw));
}
