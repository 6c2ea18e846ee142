namespace Distributed.Training.Evaluation;

/// <summary>Scales a vector to length 1, always with the same bits: the length is summed in double precision from the first component to the last.</summary>
public static class UnitVector
{
    /// <summary>Writes <paramref name="vector"/> / ‖<paramref name="vector"/>‖ to <paramref name="unit"/>, which may be the same memory. A vector of zeros stays one.</summary>
    public static void Normalize(ReadOnlySpan<float> vector, Span<float> unit)
    {
        var squares = 0.0;
        foreach (var component in vector)
            squares += (double)component * component;

        var norm = squares == 0 ? 1 : Math.Sqrt(squares);
        for (var i = 0; i < vector.Length; i++)
            unit[i] = (float)(vector[i] / norm);
    }
}
