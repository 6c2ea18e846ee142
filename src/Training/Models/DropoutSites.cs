using System.Buffers.Binary;
using System.IO.Hashing;
using Distributed.Training.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Distributed.Training.Models;

/// <summary>
/// The places of one forward pass where dropout happens, numbered in the order of the pass: the same key names the same masks in every pass.
/// libtorch's own generator is not used. On a CUDA device the masks come from a generator of that device seeded by key and site: repeatable
/// there, but other masks than on a CPU.
/// </summary>
/// <param name="key">The micro-batch.</param>
internal sealed class DropoutSites(DropoutKey key)
{
    private int _site;

    /// <summary>The mask of the next site.</summary>
    public DropoutMask NextMask(double probability) => new(Seed(_site++), probability);

    /// <summary>
    /// The mask of an adapter's input. It has a site of its own, whatever the order of the pass, so that an adapter leaves all other masks as they are.
    /// </summary>
    public DropoutMask AdapterMask(int adapter, double probability) => new(Seed(AdapterSite(adapter)), probability);

    /// <summary>The tensor with its elements dropped with this probability, the others divided by 1 − p.</summary>
    public Tensor Apply(Tensor tensor, double probability) => probability == 0 ? tensor : Apply(tensor, Seed(_site++), probability);

    /// <summary>The same with an adapter's mask.</summary>
    public Tensor ApplyAdapter(Tensor tensor, int adapter, double probability)
        => probability == 0 ? tensor : Apply(tensor, Seed(AdapterSite(adapter)), probability);

    private static Tensor Apply(Tensor tensor, ulong seed, double probability)
    {
        using var scope = NewDisposeScope();
        var mask = tensor.device_type == DeviceType.CPU ? CpuMask(tensor, seed, probability) : DeviceMask(tensor, seed, probability);
        return (tensor * mask).MoveToOuterDisposeScope();
    }

    private static Tensor CpuMask(Tensor tensor, ulong seed, double probability)
    {
        var mask = empty(tensor.shape, ScalarType.Float32);
        new DropoutMask(seed, probability).Fill(mask.Elements<float>());
        return mask.to(tensor.dtype);
    }

    private static Tensor DeviceMask(Tensor tensor, ulong seed, double probability)
    {
        using var generator = new Generator(seed, tensor.device);
        return rand(tensor.shape, ScalarType.Float32, tensor.device, generator: generator).ge(probability).to(tensor.dtype) / (1 - probability);
    }

    private static int AdapterSite(int adapter) => -1 - adapter;

    private ulong Seed(int site)
    {
        Span<byte> name = stackalloc byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(name, key.Step);
        BinaryPrimitives.WriteInt32LittleEndian(name[8..], key.Shard);
        BinaryPrimitives.WriteInt32LittleEndian(name[12..], key.MicroBatch);
        BinaryPrimitives.WriteInt32LittleEndian(name[16..], key.Seed);
        BinaryPrimitives.WriteInt32LittleEndian(name[20..], site);
        return XxHash3.HashToUInt64(name);
    }
}
