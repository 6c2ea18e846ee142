using Distributed.Testing;

namespace Distributed.Integration.Tests;

[Trait("Speed", "slow")]
public sealed class ReferenceCheckTests
{
    [Fact]
    public async Task Check_GoldenDataOfThePeer_NothingFails()
    {
        var result = await Programs.RunAsync(
            Programs.Start("ReferenceCheck", "Distributed.ReferenceCheck.dll", [Path.Combine(Repository.Root, "tests", "reference")]),
            TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == 0, $"{result}");
        Assert.Matches(@"(?m)^\d{3,} passed, 0 failed, \d+ unsupported$", result.Output);
    }

    [Fact]
    public async Task Check_AlteredGoldenValue_FailsAndNamesTheCase()
    {
        var folder = Directory.CreateTempSubdirectory("reference-");
        try
        {
            var losses = folder.CreateSubdirectory("losses").FullName;
            var original = Path.Combine(Repository.Root, "tests", "reference", "losses");
            File.Copy(Path.Combine(original, "losses.safetensors"), Path.Combine(losses, "losses.safetensors"));
            var manifest = File.ReadAllText(Path.Combine(original, "manifest.json"));
            File.WriteAllText(Path.Combine(losses, "manifest.json"), manifest.Replace("3.0352211867512393", "3.0352212867512393", StringComparison.Ordinal));

            var result = await Programs.RunAsync(
                Programs.Start("ReferenceCheck", "Distributed.ReferenceCheck.dll", [folder.FullName, "--only", "losses"]), TestContext.Current.CancellationToken);

            Assert.Equal(1, result.ExitCode);
            Assert.Contains("bh_eucledian_lab8_m5 f64", result.Output, StringComparison.Ordinal);
            Assert.Matches(@"(?m)^\d+ passed, 1 failed, \d+ unsupported$", result.Output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
