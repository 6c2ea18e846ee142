namespace Distributed.Worker.Collectives;

/// <summary>What fences everything that workers send each other: the coordinator's life and the generation that it made. Ordered: a larger one is newer.</summary>
/// <param name="Incarnation">Grows with each start of the coordinator.</param>
/// <param name="Generation">Grows with each change of membership.</param>
internal readonly record struct GenerationKey(long Incarnation, long Generation) : IComparable<GenerationKey>
{
    public int CompareTo(GenerationKey other) => (Incarnation, Generation).CompareTo((other.Incarnation, other.Generation));

    public static bool operator <(GenerationKey left, GenerationKey right) => left.CompareTo(right) < 0;

    public static bool operator >(GenerationKey left, GenerationKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(GenerationKey left, GenerationKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(GenerationKey left, GenerationKey right) => left.CompareTo(right) >= 0;
}
