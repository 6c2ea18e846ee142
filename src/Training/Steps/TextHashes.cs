using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Distributed.Data.Planning;
using Distributed.Data.Reading;

namespace Distributed.Training.Steps;

/// <summary>XxHash64 of every training text: how losses recognise equal texts on all ranks without exchanging any.</summary>
internal sealed class TextHashes
{
    private readonly TrainingSet _set;
    private readonly ulong[][] _byRow;

    public TextHashes(TrainingSet set)
    {
        _set = set;
        _byRow = [.. set.Rows.Select(row => Array.ConvertAll([.. row.Texts], Hash))];
    }

    /// <summary>Hashes of a plan's rows, by column then row in canonical order; 0 where a row lacks the text.</summary>
    public ImmutableArray<ImmutableArray<ulong>> Of(StepPlan plan) =>
        [.. Enumerable.Range(0, _set.Datasets[plan.Dataset].ColumnCount).Select(column => plan.Rows.Select(row => _byRow[row][column]).ToImmutableArray())];

    private static ulong Hash(string? text)
    {
        if (text is null)
            return 0;
        var hash = XxHash64.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()));
        return hash == 0 ? 1 : hash;
    }
}
