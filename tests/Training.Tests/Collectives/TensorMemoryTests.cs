using Distributed.Training.Collectives;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Collectives;

public sealed class TensorMemoryTests
{
    [Fact]
    public void Memory_OfAView_IsTheTensorsOwn()
    {
        using var flat = zeros(8);
        using var view = flat.narrow(0, 2, 4);

        new TensorMemory<float>(view).Memory.Span[1] = 5;
        new TensorMemory<byte>(view).Memory.Span[12..].Clear();

        Assert.Equal(5f, flat[3].item<float>());
        Assert.Equal(16, new TensorMemory<byte>(view).Memory.Length);
    }

    [Fact]
    public unsafe void Pin_AtAnIndex_PointsThere()
    {
        using var values = arange(4, float32);
        using var handle = new TensorMemory<float>(values).Memory[2..].Pin();

        Assert.Equal(2f, *(float*)handle.Pointer);
    }

    [Fact]
    public void Constructor_StridedOrOfAnotherType_Throws()
    {
        using var strided = zeros(4, 4).t()[TensorIndex.Slice(1)];

        Assert.Throws<ArgumentException>(() => new TensorMemory<float>(strided));
        Assert.Throws<ArgumentException>(() => new TensorMemory<double>(zeros(2)));
    }

    [Fact]
    public void Span_TensorIsDisposed_Throws()
    {
        var values = zeros(4);
        var memory = new TensorMemory<float>(values).Memory;

        values.Dispose();

        Assert.ThrowsAny<Exception>(() => memory.Span[0]);
    }
}
