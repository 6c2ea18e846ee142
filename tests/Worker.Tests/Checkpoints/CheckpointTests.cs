using System.Diagnostics;
using System.Runtime.InteropServices;
using Distributed.Training.Checkpoints;
using Distributed.Training.Optimization;

namespace Distributed.Worker.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private static readonly StateLayout Layout = new([new ParameterSlot("a.weight", 0, [3, 5], true), new ParameterSlot("b", 16, [], false)], 32);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("checkpoint-tests-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Read_WhatWasWritten_HasTheSameBits()
    {
        var state = State(steps: 300, applied: 298);

        var written = Writer().Write(state);
        var (found, read) = Read(written.Folder, Layout);

        Assert.Equal(Path.Combine(_root.FullName, "step-00000300"), written.Folder);
        Assert.Equal(Bytes(state), Bytes(read));
        Assert.Equal(written, found);
        Assert.Equal((300, 298), (read.StepsDecided, read.StepsApplied));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("optimizer.safetensors")]
    [InlineData("manifest.json")]
    public void Read_TruncatedFile_IsRefused(string file)
    {
        string folder = Writer().Write(State(1)).Folder;
        using (var stream = File.OpenWrite(Path.Combine(folder, file)))
            stream.SetLength(stream.Length - 1);

        Refused(folder);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("optimizer.safetensors")]
    public void Read_AlteredByte_IsRefused(string file)
    {
        string path = Path.Combine(Writer().Write(State(1)).Folder, file);
        byte[] content = File.ReadAllBytes(path);
        content[^2] ^= 4;
        File.WriteAllBytes(path, content);

        Assert.Equal(path, Refused(Path.GetDirectoryName(path)!).Path);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("manifest.json")]
    public void Read_MissingFile_IsRefused(string file)
    {
        string folder = Writer().Write(State(1)).Folder;
        File.Delete(Path.Combine(folder, file));

        Refused(folder);
    }

    [Fact]
    public void Read_ManifestThatNamesAFileOutside_IsRefused()
    {
        string folder = Writer().Write(State(1)).Folder;
        string manifest = Path.Combine(folder, "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("model.safetensors", "../model.safetensors", StringComparison.Ordinal));

        Refused(folder);
    }

    [Fact]
    public void Read_OfAnotherModel_IsRefused()
    {
        string folder = Writer().Write(State(1)).Folder;
        var other = Layout with { Slots = [Layout.Slots[0] with { Shape = [5, 3] }, Layout.Slots[1]] };

        Assert.Contains("a.weight", Refused(folder, other).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_MoreThanAreKept_RemovesTheOldest()
    {
        var writer = Writer();
        Directory.CreateDirectory(Path.Combine(_root.FullName, ".aside-left-by-a-kill"));

        foreach (long step in new[] { 9, 10, 99, 100 })
            writer.Write(State(step));

        Assert.Equal(["step-00000099", "step-00000100"], Names());
    }

    [Fact]
    public void Write_AfterGoingBack_KeepsTheNewOneAndGivesUpTheAbandonedFuture()
    {
        var writer = Writer();
        foreach (long step in new[] { 10, 20, 30 })
            writer.Write(State(step));

        string folder = writer.Write(State(15)).Folder;

        Read(folder, Layout);
        Assert.Equal(["step-00000015", "step-00000030"], Names());
        writer.Write(State(18));
        Assert.Equal(["step-00000015", "step-00000018"], Names());
    }

    [Fact]
    public void Write_SameStepAgain_KeepsOneSealedCheckpoint()
    {
        var first = Writer().Write(State(5));

        Assert.Equal(first, Writer().Write(State(5)));
        Assert.Equal(["step-00000005"], Names());
    }

    [Fact]
    public void Write_WhatIsThereIsDamaged_TakesItsPlace()
    {
        string folder = Writer().Write(State(5)).Folder;
        File.WriteAllText(Path.Combine(folder, "model.safetensors"), "damaged");

        Writer().Write(State(5));

        Read(folder, Layout);
        Assert.Equal(["step-00000005"], Names());
    }

    [Fact]
    public void Write_NoSpaceLeft_SaysSoAndLeavesNothing()
    {
        if (!Mount("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", _root.FullName))
            Assert.Skip("needs the right to mount a small file system");
        try
        {
            var large = new StateLayout([new ParameterSlot("w", 0, [8192], true)], 8192);
            var failed = Assert.Throws<CheckpointException>(() => Writer().Write(new TrainingState(large)));

            Assert.Contains("space", failed.Message, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain('\n', failed.Message);
            Assert.Empty(Names());
        }
        finally
        {
            Mount("umount", _root.FullName);
        }
    }

    [Fact]
    public void Read_WithCrossBatchMemories_HasTheSameBits()
    {
        var state = MemoryState();

        var written = Writer().Write(state);
        var (_, read) = Read(written.Folder, WithMemories);

        Assert.True(File.Exists(Path.Combine(written.Folder, "memory.safetensors")));
        Assert.Equal(Bytes(state), Bytes(read));
    }

    [Fact]
    public void Write_WithoutMemory_WritesNoFileForOne() => Assert.Equal(
        ["manifest.json", "model.safetensors", "optimizer.safetensors"],
        Directory.EnumerateFiles(Writer().Write(State(1)).Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(3, 2, "questions.embeddings.0")]
    [InlineData(4, 1, "14 tensors, this model has 12 there")]
    public void Read_MemoryOfAnotherSize_IsRefused(int rows, int columns, string reason)
    {
        string folder = Writer().Write(MemoryState()).Folder;
        var other = WithMemories with { Memories = [WithMemories.Memories[0] with { Rows = rows, Columns = columns }, WithMemories.Memories[1]] };

        Assert.Contains(reason, Refused(folder, other).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_MemoryFileTruncatedOrGone_IsRefused(bool isGone)
    {
        string folder = Writer().Write(MemoryState()).Folder;
        string path = Path.Combine(folder, "memory.safetensors");
        if (isGone)
            File.Delete(path);
        else
            File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1]);

        Refused(folder, WithMemories);
    }

    private static StateLayout WithMemories => Layout with { Memories = [new("questions", 4, 2, 3), new("topics", 5, 3, 3)] };

    private static TrainingState MemoryState()
    {
        var (state, plain) = (new TrainingState(WithMemories), State(7, 6));
        foreach (var (from, to) in plain.Sections.Zip(state.Sections))
            from.CopyTo(to);
        plain.Tail.CopyTo(state.Tail);
        new Random(12).NextBytes(state.Tail.Span[(int)WithMemories.MemoryStart(0)..]);
        return state;
    }

    private static CheckpointException Refused(string folder) => Refused(folder, Layout);

    private static CheckpointException Refused(string folder, StateLayout layout)
    {
        var refused = Assert.Throws<CheckpointException>(() => Read(folder, layout));
        Assert.DoesNotContain('\n', refused.Message);
        return refused;
    }

    private static TrainingState State(long steps, long applied = 0)
    {
        var state = new TrainingState(Layout) { StepsApplied = applied, StepsDecided = steps };
        for (int section = 0; section < 3; section++)
        {
            var floats = state.Sections[section].Span;
            floats.Clear();
            for (int i = 0; i < 17; i++)
                floats[i] = i == 15 ? 0 : (section + 1) / (i + 1.7f) + steps;
        }
        return state;
    }

    private static (SealedCheckpoint Checkpoint, TrainingState State) Read(string folder, StateLayout layout)
    {
        var state = new TrainingState(layout);
        return (CheckpointReader.Read(folder, state, TestContext.Current.CancellationToken), state);
    }

    private static byte[] Bytes(TrainingState state) =>
        [.. state.Sections.SelectMany(section => MemoryMarshal.AsBytes(section.Span).ToArray()), .. state.Tail.Span];

    private static bool Mount(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
        process!.WaitForExit();
        return process.ExitCode == 0;
    }

    private CheckpointWriter Writer() => new(_root.FullName, keep: 2);

    private string[] Names() => [.. _root.EnumerateFileSystemInfos().Select(f => f.Name).Order(StringComparer.Ordinal)];
}
