using Distributed.Testing;
using Distributed.Worker.Verbs;

namespace Distributed.Worker.Tests.Verbs;

public sealed class CheckLossVerbTests : IDisposable
{
    private static readonly string Model = ReferenceData.PathOf("encoder", "mini-mean");

    private readonly TemporaryFolder _folder = new();

    public CheckLossVerbTests() => File.WriteAllText(_folder.PathOf("rows.jsonl"), "{}");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CheckLoss_LossOfTheProduct_PrintsALineForEachCheck()
    {
        var invocation = await RunAsync("{kind: cosent, matryoshka: {dims: [8, 4]}}", "score: similarity");

        Assert.Equal(("", 0), (invocation.Error, invocation.ExitCode));
        var lines = invocation.Output.TrimEnd().Split('\n');
        Assert.Equal("train: cosent at 8, 4 dimensions", lines[0]);
        Assert.Equal(1 + 5, lines.Length);
        Assert.All(lines[1..], line => Assert.StartsWith("ok ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task CheckLoss_Hardness_IsLeftOutAndSaidSo()
    {
        var invocation = await RunAsync("{kind: mnrl, hardness: in-batch, hardness_strength: 5}", "limit: 5");

        Assert.Equal(("", 0), (invocation.Error, invocation.ExitCode));
        Assert.StartsWith("train: mnrl, without hardness\n", invocation.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckLoss_LossThatFails_ExitsWithOne()
    {
        var invocation = await RunAsync($"{{kind: custom, assembly: {typeof(ForgetfulLoss).Assembly.Location}, type: {typeof(ForgetfulLoss).FullName}}}", "limit: 5");

        Assert.Equal(1, invocation.ExitCode);
        Assert.Contains("FAILED  gradient of column 1", invocation.Output, StringComparison.Ordinal);
        Assert.Contains("ok      gradient of column 0", invocation.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckLoss_NoSuchClass_IsOneLine()
    {
        var invocation = await RunAsync($"{{kind: custom, assembly: {typeof(ForgetfulLoss).Assembly.Location}, type: Nothing}}", "limit: 5");

        Assert.Contains("has no class Nothing; its losses: " + typeof(ForgetfulLoss).FullName, invocation.OneLineOfRefusal(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckLoss_NoSuchJob_IsOneLine() =>
        Assert.Contains("no-such.yaml", (await VerbInvocation.RunAsync(CheckLossVerb.Create(), "no-such.yaml")).OneLineOfRefusal(), StringComparison.Ordinal);

    private Task<VerbInvocation> RunAsync(string loss, string data)
    {
        File.WriteAllText(_folder.PathOf("job.yaml"), $"""
            model:
              folder: {Model}
            data:
              train: rows.jsonl
              columns: [anchor, positive]
              {data}
            loss: {loss}
            output:
              folder: run
            """);
        return VerbInvocation.RunAsync(CheckLossVerb.Create(), _folder.PathOf("job.yaml"));
    }
}
