namespace Distributed.Training.Mining;

/// <summary>Two texts that belong together.</summary>
/// <param name="Anchor">The query.</param>
/// <param name="Positive">A text that answers it.</param>
public readonly record struct TextPair(string Anchor, string Positive);
