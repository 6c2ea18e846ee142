using System.Globalization;
using Distributed.Benchmarks.Throughput;

namespace Distributed.Benchmarks.Losses;

/// <summary>Peak memory and time of whole steps against their number of rows, over that of steps of few rows through the same data, each case in a process of its own.</summary>
internal sealed class BatchMemoryRun(TextWriter output)
{
    /// <summary>Measures all cases, one after another.</summary>
    public void Run(IReadOnlyCollection<string> losses, IReadOnlyCollection<int> rows)
    {
        output.WriteLine("| loss | rows | peak MB | over 64 rows | embeddings and gradients MB | ratio | seconds a step | rows/s |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var loss in losses)
        {
            foreach (var count in rows)
                Measure(new BatchMemoryCase(loss, count, count), Ask(new BatchMemoryCase(loss, BatchMemoryCase.FewRows, count)));
        }
    }

    private static BatchMemoryAnswer Ask(BatchMemoryCase @case) => BenchmarkChild.Ask<BatchMemoryAnswer>([BenchmarkVerbs.MemorySide, .. @case.Words]);

    private void Measure(BatchMemoryCase @case, BatchMemoryAnswer few)
    {
        var answer = Ask(@case);
        var growth = answer.PeakBytes - few.PeakBytes;
        var allowed = 2L * (@case.Rows - BatchMemoryCase.FewRows) * @case.Columns * LossScaleCase.Dim * sizeof(float);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {@case.Loss} | {@case.Rows} | {answer.PeakBytes >> 20} | {growth >> 20} | {allowed >> 20} | {(double)growth / allowed:F2} | {answer.Seconds:F2} | {@case.Rows / answer.Seconds:F0} |"));
    }
}
