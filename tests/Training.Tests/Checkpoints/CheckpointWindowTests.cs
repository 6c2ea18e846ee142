using System.Runtime.InteropServices;
using Distributed.Jobs.Losses;
using Distributed.Testing;
using Distributed.Training.Checkpoints;
using Distributed.Training.Optimization;
using Distributed.Training.Tests.Steps;

namespace Distributed.Training.Tests.Checkpoints;

public sealed class CheckpointWindowTests : IDisposable
{
    // Of the state below, as it was written when a state was one buffer and a tensor was written at once.
    private const string ManifestSha256 = "5c792f9568f343339c7ce3207c74c930136784e468d8a1bac3db56a10ccd87c1";

    private static readonly StateLayout Layout = new([new ParameterSlot("a.weight", 0, [3, 5], true), new ParameterSlot("b", 16, [], false)], 32)
    {
        Memories = [new("questions", 4, 2, 3), new("topics", 5, 3, 3)],
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(28)]
    [InlineData(1 << 20)]
    public void Write_WindowsOfAnySize_GiveTheSameFiles(int windowBytes)
    {
        var written = new CheckpointWriter(_folder.PathOf("checkpoints"), keep: 2, windowBytes).Write(State());

        Assert.Equal(ManifestSha256, written.ManifestSha256);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(28)]
    [InlineData(1 << 20)]
    public void Read_WindowsOfAnySize_FillTheWholeState(int windowBytes)
    {
        var written = new CheckpointWriter(_folder.PathOf("checkpoints"), keep: 2).Write(State());
        var read = new TrainingState(Layout);
        foreach (var section in read.Sections)
            section.Span.Fill(float.NaN);

        CheckpointReader.Read(written.Folder, read, windowBytes, TestContext.Current.CancellationToken);

        Assert.Equal(Bytes(State()), Bytes(read));
    }

    [Fact]
    public void Read_Cancelled_Ends()
    {
        var written = new CheckpointWriter(_folder.PathOf("checkpoints"), keep: 2).Write(State());

        Assert.ThrowsAny<OperationCanceledException>(() => CheckpointReader.Read(written.Folder, new TrainingState(Layout), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Read_OfTensorsCancelled_LeavesTheStateAsItIs()
    {
        var written = new CheckpointWriter(_folder.PathOf("checkpoints"), keep: 2).Write(State());
        var state = new TrainingState(Layout);
        state.Sections[0].Span.Fill(7);

        Assert.ThrowsAny<OperationCanceledException>(
            () => new CheckpointTensors(CheckpointTensors.DefaultWindowBytes).Read(written.Folder, state, new CancellationToken(canceled: true)));

        Assert.False(state.Sections[0].Span.ContainsAnyExcept(7f));
    }

    [Fact]
    public void Create_WindowThatCutsAFloat_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new CheckpointTensors(windowBytes: 6));

    [Fact]
    public async Task Trainer_StateThroughACheckpointOfManyWindows_GoesOnWithTheSameBits()
    {
        const int WindowBytes = 1012; // divides nothing
        var job = TrainerJobs.Pairs with
        {
            Datasets = [TrainerJobs.Pairs.Datasets[0] with { Loss = new RankingLossOptions { CrossBatchMemory = new MemoryOptions { Rows = 50, FromStep = 0 } } }],
        };
        using var original = new TrainerRanks(job, [3, 4]);
        using var resumed = new TrainerRanks(job, [7]);
        await original.StepAsync(TestContext.Current.CancellationToken);
        var copy = new TrainingState(original.Trainers[0].StateLayout);

        original.Trainers[0].ViewState().CopyTo(copy);
        await original.StepAsync(TestContext.Current.CancellationToken);
        var written = new CheckpointWriter(_folder.PathOf("checkpoints"), keep: 2, WindowBytes).Write(copy);
        var read = new TrainingState(resumed.Trainers[0].StateLayout);
        CheckpointReader.Read(written.Folder, read, WindowBytes, TestContext.Current.CancellationToken);
        resumed.Trainers[0].ImportState(read);
        await resumed.StepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, written.StepsDecided);
        Assert.Equal(original.States()[0], resumed.States()[0]);
    }

    private static TrainingState State()
    {
        var state = new TrainingState(Layout) { StepsApplied = 6, StepsDecided = 7 };
        for (var section = 0; section < StateLayout.FlatSections; section++)
        {
            var floats = state.Sections[section].Span;
            floats.Clear();
            for (var i = 0; i < 17; i++)
                floats[i] = i == 15 ? 0 : (section + 1) / (i + 1.7f) + 7;
        }

        new Random(12).NextBytes(state.Tail.Span[(int)Layout.MemoryStart(0)..]);
        return state;
    }

    private static byte[] Bytes(TrainingState state) =>
        [.. state.Sections.SelectMany(section => MemoryMarshal.AsBytes(section.Span).ToArray()), .. state.Tail.Span];
}
