using Distributed.Training.Models;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Models;

public sealed class EncoderInputTests
{
    [Fact]
    public void From_NeighboursOfEqualLength_FormGroups()
    {
        var input = EncoderInput.From([[1, 2], [3, 4], [5], [6, 7]]);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], input.TokenIds);
        Assert.Equal([new LengthGroup(2, 2), new LengthGroup(1, 1), new LengthGroup(1, 2)], input.Groups);
        Assert.Equal(4, input.TextCount);
    }

    [Fact]
    public void Encode_InputThatDoesNotFit_IsRefused()
    {
        using var model = EncoderReference.Load("mini-mean");
        EncoderInput[] inputs =
        [
            EncoderInput.From([]),
            EncoderInput.From([[2, 2000, 3]]),
            EncoderInput.From([[2, -1, 3]]),
            EncoderInput.From([new int[129]]),
            EncoderInput.From([[]]),
            new([2, 3], [new LengthGroup(1, 3)]),
            new([2, 3], [new LengthGroup(2, 2)]),
        ];

        Assert.All(inputs, input => Assert.Throws<ArgumentException>(() => model.Encoder.Encode(input, null)));
    }

    [Fact]
    public void Backward_TypedPadding_LeavesItsRowAlone()
    {
        using var scope = NewDisposeScope();
        using var model = EncoderReference.Load("mini-mean");
        foreach (var allowsFused in new[] { true, false })
        {
            model.Encoder.AllowsFusedKernels = allowsFused;
            model.Encoder.zero_grad();
            model.Encoder.Encode(EncoderInput.From([[2, 0, 50, 0, 3]]), null).square().sum().backward();
            var gradient = model.Encoder.get_parameter("embeddings.word_embeddings.weight")!.grad!;

            Assert.Equal(0, gradient[0].abs().sum().item<float>());
            Assert.NotEqual(0, gradient[50].abs().sum().item<float>());
        }
    }
}
