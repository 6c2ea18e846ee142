using Distributed.Testing;
using Distributed.Training.Checkpoints;
using Distributed.Training.Collectives;
using Distributed.Training.Optimization;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Checkpoints;

/// <summary>Places behind the first 2 GiB of a flat buffer: what a span of bytes, or an int, does not reach.</summary>
[Trait("Speed", "slow")]
public sealed class LargeStateTests : IDisposable
{
    private const long Boundary = (1L << 31) / sizeof(float);
    private const int Length = (int)Boundary + 64;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Checkpoint_ParametersAroundTheBoundary_ComeBack()
    {
        var layout = new StateLayout([new ParameterSlot("around", Boundary - 5, [3, 4], true), new ParameterSlot("last", Boundary + 48, [16], false)], Length);
        var section = new float[Length].AsMemory(); // serves as all three: the files hold the slots alone, but a state of this size would take 6.4 GB
        var state = new TrainingState(layout, [section, section, section], new byte[layout.TailBytes]) { StepsDecided = 1 };
        float[] around = [.. Enumerable.Range(1, 12).Select(number => number / 8f)];
        float[] last = [.. Enumerable.Range(1, 16).Select(number => -number / 8f)];
        around.CopyTo(section.Span[((int)Boundary - 5)..]);
        last.CopyTo(section.Span[^16..]);

        var written = new CheckpointWriter(_folder.PathOf("checkpoints"), keep: 1, windowBytes: 12).Write(state);
        section.Span[^100..].Fill(float.NaN);
        CheckpointReader.Read(written.Folder, state, TestContext.Current.CancellationToken);

        Assert.Equal(around, section.Slice((int)Boundary - 5, 12).ToArray());
        Assert.Equal(last, section[^16..].ToArray());
        Assert.Equal(0, section.Span[(int)Boundary + 7]);
    }

    [Fact]
    public void GradientSummary_OfMoreThanASpanOfBytes_TakesTheLastElementsIn()
    {
        using var scope = NewDisposeScope();
        var gradient = zeros(Length);
        var elements = new TensorMemory<float>(gradient).Memory;
        elements.Span[0] = 3;
        var without = GradientSummary.Of(gradient);

        elements.Span[^1] = 4;
        var with = GradientSummary.Of(gradient);

        Assert.Equal((3, 5), (without.Norm, with.Norm));
        Assert.NotEqual(without.Digest, with.Digest);
    }
}
