using System.IO.Hashing;
using Distributed.Training.Collectives;
using static TorchSharp.torch;

namespace Distributed.Training.Losses.Triplets;

/// <summary>Which rows have the same embedding, bit for bit: repeated texts have, without dropout.</summary>
internal sealed class EqualRows
{
    private readonly ulong[] _hashes;
    private readonly HashIndex _index;

    public EqualRows(CandidateRows rows)
    {
        _hashes = [.. rows.Blocks.SelectMany(block => Hashes(rows.Block(block)))];
        _index = new HashIndex(_hashes);
    }

    /// <summary>For each chosen row the first that equals it and is allowed; −1 stays.</summary>
    /// <param name="chosen">Row numbers, int64.</param>
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

    private static ulong[] Hashes(Tensor block)
    {
        using var scope = NewDisposeScope();
        var bytes = new TensorMemory<byte>(block.cpu().contiguous()).GetSpan();
        var hashes = new ulong[block.size(0)];
        var rowBytes = bytes.Length / hashes.Length;
        for (var row = 0; row < hashes.Length; row++)
            hashes[row] = XxHash3.HashToUInt64(bytes.Slice(row * rowBytes, rowBytes));
        return hashes;
    }
}
