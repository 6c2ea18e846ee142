using Distributed.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models;

public sealed class EncoderMemoryTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Encode_AndBackwardRepeated_KeepsNoTensor(bool allowsFused)
    {
        using var model = EncoderReference.Load("mini-mean");
        model.Encoder.AllowsFusedKernels = allowsFused;
        var input = EncoderInput.From(EncoderReference.Ids());

        Step(model.Encoder, input, 0);
        Step(model.Encoder, input, 1);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var step = 2; step < 50; step++)
            Step(model.Encoder, input, step);

        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Encode_WithoutAnyScope_LeavesOnlyItsResult()
    {
        using var model = EncoderReference.Load("mini-mean");
        var input = EncoderInput.From(EncoderReference.Ids());
        using (no_grad())
        {
            using var first = model.Encoder.Encode(input, null);
        }

        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (no_grad())
        {
            using var second = model.Encoder.Encode(input, null);
            Assert.Equal(live + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
    }

    private static void Step(SentenceEncoder encoder, EncoderInput input, int step)
    {
        using var scope = NewDisposeScope();
        encoder.Encode(input, new DropoutKey(1, step, 0, 0)).sum().backward();
    }
}
