using System.Collections.Immutable;

namespace Distributed.Data.Reading;

/// <summary>Numbers classes in the order in which they first occur.</summary>
internal sealed class LabelNumbers
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly ImmutableArray<string>.Builder _names = ImmutableArray.CreateBuilder<string>();

    /// <summary>Names by number.</summary>
    public ImmutableArray<string> Names => _names.ToImmutable();

    /// <summary>Number of a class, a new one where it has not occurred before.</summary>
    public int Of(string name)
    {
        if (!_numbers.TryGetValue(name, out var number))
        {
            number = _names.Count;
            _numbers.Add(name, number);
            _names.Add(name);
        }
        return number;
    }
}
