using System.Diagnostics;

namespace Distributed.Integration.Tests;

/// <summary>A run whose folder lies on a small file system of its own. Mounting needs root; elsewhere the test says that it was skipped.</summary>
[Trait("Speed", "slow")]
public sealed class DiskFullTests
{
    [Fact]
    public async Task Train_NoSpaceForTheCheckpoint_FailsWithOneLineAndLeavesNothingHalfWritten()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "mounting a small file system needs root");
        using var run = new RunUnderTest(SmallJob.Pairs);
        Directory.CreateDirectory(run.Output);
        // Enough for the journal, not for a checkpoint of 400,000 parameters and their two moments.
        Assert.SkipUnless(await TryAsync("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", run.Output), "no tmpfs can be mounted here");
        try
        {
            await using var training = TrainingProcess.Start(run, "--workers", "2");

            Assert.Equal(1, await training.WaitForExitAsync());

            Assert.Contains("No space left", training.Said, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("   at ", training.Said, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Path.Combine(run.Output, "model")));
            var checkpoints = Path.Combine(run.Output, "checkpoints");
            Assert.False(Directory.Exists(checkpoints) && Directory.EnumerateFileSystemEntries(checkpoints).Any(), "something half-written is left");
        }
        finally
        {
            await TryAsync("umount", "-l", run.Output);
        }
    }

    private static async Task<bool> TryAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }
}
