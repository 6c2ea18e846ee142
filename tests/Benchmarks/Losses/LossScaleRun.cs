using System.Globalization;
using Distributed.Benchmarks.Throughput;

namespace Distributed.Benchmarks.Losses;

/// <summary>Time and memory of the losses alone against the number of rows, tiled and with the full matrix, each case in a process of its own.</summary>
internal sealed class LossScaleRun(TextWriter output)
{
    /// <summary>Measures all cases, one after another.</summary>
    public void Run(IReadOnlyCollection<string> losses, IReadOnlyCollection<int> rows)
    {
        output.WriteLine("| loss | rows | way | seconds | ns per row·column | × its products | peak MB beyond the embeddings | loss |");
        output.WriteLine("|---|---:|---|---:|---:|---:|---:|---:|");
        foreach (var loss in losses)
            foreach (var count in rows)
                foreach (var isFull in (ReadOnlySpan<bool>)[false, true])
                    Measure(new LossScaleCase(loss, count, isFull));
    }

    private void Measure(LossScaleCase @case)
    {
        var way = @case.IsFull ? "full matrix" : "tiled";
        if (!@case.Fits)
        {
            output.WriteLine($"| {@case.Loss} | {@case.Rows} | {way} | does not fit | | | | |");
            return;
        }

        var answer = BenchmarkChild.Ask<LossScaleAnswer>([BenchmarkVerbs.LossSide, .. @case.Words]);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {@case.Loss} | {@case.Rows} | {way} | {answer.Seconds:F3} | {answer.Seconds * 1e9 / @case.Rows / @case.Rows:F2} "
            + $"| {answer.Seconds / answer.ProductSeconds / @case.Products:F2} | {answer.PeakBytes >> 20} | {answer.Value:F4} |"));
    }
}
