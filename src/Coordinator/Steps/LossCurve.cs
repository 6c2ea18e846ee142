using System.Collections.Immutable;

namespace Distributed.Coordinator.Steps;

/// <summary>The loss of each step at a bounded size: when full, neighbours are averaged.</summary>
internal sealed class LossCurve
{
    private const int MostPoints = 512;

    private readonly List<double> _means = [];
    private int _stepsPerPoint = 1;
    private double _sum;
    private int _summed;
    private int _seen;

    /// <summary>Adds the loss of the next step. A step that is computed again has its loss here already.
    /// Not finite: the step has no part in the mean.</summary>
    public void Add(long step, double loss)
    {
        if (step < _seen)
            return;

        _seen++;
        if (double.IsFinite(loss))
        {
            _sum += loss;
            _summed++;
        }

        if (_seen % _stepsPerPoint == 0)
            Flush();
    }

    /// <summary>Points (step at the point's end, mean loss), at most 512.</summary>
    public ImmutableArray<LossPoint> Points
    {
        get
        {
            var points = _means.Select((mean, i) => new LossPoint((i + 1L) * _stepsPerPoint, mean)).ToList();
            if (_summed > 0)
                points.Add(new LossPoint(_seen, _sum / _summed));
            return [.. points.Where(p => double.IsFinite(p.Loss))];
        }
    }

    private void Flush()
    {
        _means.Add(_summed == 0 ? double.NaN : _sum / _summed);
        _sum = 0;
        _summed = 0;
        if (_means.Count < MostPoints)
            return;

        for (var i = 0; i < MostPoints / 2; i++)
            _means[i] = Merge(_means[2 * i], _means[2 * i + 1]);
        _means.RemoveRange(MostPoints / 2, MostPoints / 2);
        _stepsPerPoint *= 2;
    }

    private static double Merge(double first, double second) =>
        double.IsNaN(first) ? second : double.IsNaN(second) ? first : (first + second) / 2;
}

/// <summary>One point of a <see cref="LossCurve"/>.</summary>
/// <param name="Step">Steps decided at the point.</param>
/// <param name="Loss">Mean loss of the steps since the point before.</param>
internal readonly record struct LossPoint(long Step, double Loss);
