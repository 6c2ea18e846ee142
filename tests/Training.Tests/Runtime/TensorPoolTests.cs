using Distributed.Training.Runtime;
using static TorchSharp.torch;

namespace Distributed.Training.Tests.Runtime;

public sealed class TensorPoolTests
{
    private const int Rows = 512;
    private const int Columns = 256;

    [Fact]
    public void Rent_AfterReturn_IsTheSameMemory()
    {
        using var pool = new TensorPool();
        using var scope = NewDisposeScope();
        var first = pool.Rent(Rows, Columns, Float32);
        var address = Address(first);
        pool.Return(first);

        var again = pool.Rent(Columns, Rows - 1, Float32);

        Assert.Equal(address, Address(again));
        Assert.Equal([Columns, Rows - 1], again.shape);
        Assert.True(again.is_contiguous());
    }

    [Theory]
    [InlineData(double.NaN)] // equals nothing
    [InlineData(0.0)]        // equals every other one
    public void Rent_AfterReturnOfSeveralWithTheSameContent_IsEachOnce(double content)
    {
        using var pool = new TensorPool();
        using var scope = NewDisposeScope();
        var returned = Enumerable.Range(0, 3).Select(_ => pool.Rent(Rows, Columns, Float32).fill_(content)).ToArray();
        var addresses = returned.Select(Address).ToHashSet();
        foreach (var tensor in returned)
            pool.Return(tensor);

        Assert.Equal(addresses, returned.Select(_ => Address(pool.Rent(Rows, Columns, Float32))).ToHashSet());
        Assert.Equal(returned.Length, pool.Rented);
    }

    [Fact]
    public void Rent_WhileRented_IsOtherMemory()
    {
        using var pool = new TensorPool();
        using var scope = NewDisposeScope();

        Assert.NotEqual(Address(pool.Rent(Rows, Columns, Float32)), Address(pool.Rent(Rows, Columns, Float32)));
    }

    [Fact]
    public void Rent_OtherTypeOrFarSmaller_IsOtherMemory()
    {
        using var pool = new TensorPool();
        using var scope = NewDisposeScope();
        var large = pool.Rent(8 * Rows, Columns, Float32);
        var address = Address(large);
        pool.Return(large);

        Assert.NotEqual(address, Address(pool.Rent(Rows, Columns, Float32)));
        Assert.NotEqual(address, Address(pool.Rent(4 * Rows, Columns, Float64)));
    }

    [Fact]
    public void Return_ByAnotherHandle_GivesTheMemoryBack()
    {
        using var pool = new TensorPool();
        using var scope = NewDisposeScope();
        var rented = pool.Rent(Rows, Columns, Float32);
        var address = Address(rented);
        var alias = rented.alias();
        rented.Dispose();
        pool.Return(alias);

        Assert.Equal(address, Address(pool.Rent(Rows, Columns, Float32)));
    }

    [Fact]
    public void RentZeros_OfUsedMemory_IsZero()
    {
        using var pool = new TensorPool();
        using var scope = NewDisposeScope();
        var used = pool.Rent(Rows, Columns, Float32);
        used.fill_(1);
        pool.Return(used);

        Assert.Equal(0, pool.RentZeros(Rows, Columns, Float32).abs().sum().item<float>());
    }

    private static Tensor Float32 => empty(0, float32);

    private static Tensor Float64 => empty(0, float64);

    private static unsafe nint Address(Tensor tensor) => (nint)tensor.Pointer<byte>();
}
