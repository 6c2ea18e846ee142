using System.IO.Hashing;
using Distributed.Training.Collectives;
using static TorchSharp.torch;

namespace Distributed.Training.Losses;

/// <summary>Which rows of a batch have the same embedding, bit for bit: repeated texts have, without dropout.</summary>
internal sealed class EqualRows
{
    private readonly ulong[] _hashes;
    private readonly HashIndex _index;

    public EqualRows(EmbeddingBatch batch)
    {
        using var scope = NewDisposeScope();
        var bytes = new TensorMemory<byte>(batch.Columns[0].cpu().contiguous()).GetSpan();
        var rowBytes = bytes.Length / batch.Rows;
        _hashes = new ulong[batch.Rows];
        for (var row = 0; row < batch.Rows; row++)
            _hashes[row] = XxHash3.HashToUInt64(bytes.Slice(row * rowBytes, rowBytes));
        _index = new HashIndex(_hashes);
    }

    /// <summary>For each chosen row the first that equals it and is allowed; −1 stays.</summary>
    /// <param name="chosen">Rows of the batch, int64.</param>
    /// <param name="allowed">Whether the choice at a place may be a row; it holds for the chosen one.</param>
    public Tensor First(Tensor chosen, Func<int, int, bool> allowed)
    {
        if (_index.IsDistinct)
            return chosen;

        var rows = chosen.cpu().data<long>().ToArray();
        for (var place = 0; place < rows.Length; place++)
            if (rows[place] >= 0)
                rows[place] = _index.PositionsOf(_hashes[rows[place]]).First(row => allowed(place, row));
        return tensor(rows, device: chosen.device);
    }
}
