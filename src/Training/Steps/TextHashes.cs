using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Distributed.Data.Planning;
using Distributed.Data.Reading;

namespace Distributed.Training.Steps;

/// <summary>XxHash64 of every training text: how losses recognise equal texts on all ranks without exchanging any.</summary>
internal sealed class TextHashes
{
    private readonly ImmutableArray<ulong[]> _byColumn;

    public TextHashes(TrainingSet set) =>
        _byColumn = [.. Enumerable.Range(0, set.ColumnCount).Select(column => set.Rows.Select(row => Hash(row.Texts[column])).ToArray())];

    /// <summary>Hashes of a plan's rows, by column then row in canonical order; 0 where a row lacks the text.</summary>
    public ImmutableArray<ImmutableArray<ulong>> Of(StepPlan plan) =>
        [.. _byColumn.Select(column => plan.Rows.Select(row => column[row]).ToImmutableArray())];

    private static ulong Hash(string? text)
    {
        if (text is null)
            return 0;
        var hash = XxHash64.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()));
        return hash == 0 ? 1 : hash;
    }
}
