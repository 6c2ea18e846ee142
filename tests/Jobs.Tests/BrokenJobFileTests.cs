using System.Diagnostics;
using System.Text;

namespace Distributed.Jobs.Tests;

public sealed class BrokenJobFileTests : IDisposable
{
    private readonly JobFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "0: the file is empty")]
    [InlineData("# nothing but a comment\n", "0: the file is empty")]
    [InlineData("---\n", "0: the file is empty")]
    [InlineData("just words", "1: expected sections such as 'model:' and 'data:', found 'just words'")]
    [InlineData("- a\n- b", "1: expected sections such as 'model:' and 'data:', found a list")]
    [InlineData("a: &x 1\nb: *x", "1: not valid YAML: anchors and aliases have no meaning in a job file")]
    [InlineData("a: !!python/object 1", "1: not valid YAML: tags such as tag:yaml.org,2002:python/object have no meaning in a job file")]
    [InlineData("seed: 1\nbatch:\n\trows: 2", "3: indented with a tab: YAML wants spaces")]
    [InlineData("seed: 1\n---\nseed: 2", "2: a second document: a job file holds one")]
    [InlineData("a: [[[[[[[[[1]]]]]]]]]", "1: not valid YAML: nested too deeply")]
    public void Load_NoJobFile_GivesOneError(string yaml, string expected) => Assert.Equal([expected], _folder.Mistakes(yaml));

    [Theory]
    [InlineData("model: {new: {vocabulary: vocab.txt}\ndata: 3", 1)]
    [InlineData("seed: 1\nmodel: 'unclosed", 2)]
    [InlineData("seed: 1\n  batch: 2", 2)]
    [InlineData("seed: 1\nbatch: {rows: 4", 2)]
    [InlineData("seed: 1\ndata: [1, 2\nbatch: 3", 2)]
    [InlineData("a: 1\nb: %\n\0", 2)]
    public void Load_BrokenYaml_GivesOneErrorWithItsLine(string yaml, int line)
    {
        var mistake = Assert.Single(_folder.Mistakes(yaml));

        Assert.StartsWith($"{line}: not valid YAML: ", mistake, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake);
    }

    [Fact]
    public void Load_MissingFile_GivesOneError()
    {
        var exception = Assert.Throws<JobFileException>(() => JobFile.Load(_folder.File("absent.yaml")));

        Assert.Equal($"{_folder.File("absent.yaml")}: no such file", exception.Message);
    }

    [Fact]
    public void Load_Folder_GivesOneError() =>
        Assert.StartsWith("cannot be read: ", Assert.Single(Assert.Throws<JobFileException>(() => JobFile.Load(_folder.File("."))).Errors).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_LargerThanTheLimit_GivesOneError() =>
        Assert.Equal(["0: larger than 1 MiB, so it is no job file"], _folder.Mistakes(new string('#', (1 << 20) + 1)));

    [Fact]
    public void Load_NotUtf8_GivesOneError()
    {
        File.WriteAllBytes(_folder.File("binary.yaml"), Encoding.Latin1.GetBytes("seed: \u00ff"));

        var exception = Assert.Throws<JobFileException>(() => JobFile.Load(_folder.File("binary.yaml")));

        Assert.Equal("not UTF-8 text, so it is no job file", Assert.Single(exception.Errors).Message);
    }

    /// <summary>Files made to keep a parser busy: brackets without end, keys without end, a value that doubles by aliases.</summary>
    [Theory]
    [InlineData("[", 1 << 19)]
    [InlineData("a: ", 1 << 18)]
    [InlineData("? ", 1 << 19)]
    [InlineData("- ", 1 << 19)]
    [InlineData("a:\n", 1 << 18)]
    [InlineData("[a, ", 1 << 18)]
    [InlineData("{a: ", 1 << 18)]
    public void Load_HostileFile_IsRefusedAtOnce(string part, int times)
    {
        var clock = Stopwatch.StartNew();

        Assert.NotEmpty(_folder.Mistakes(string.Concat(Enumerable.Repeat(part, times))));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"took {clock.Elapsed}");
    }
}
