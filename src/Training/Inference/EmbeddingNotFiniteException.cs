namespace Distributed.Training.Inference;

/// <summary>A model gave an embedding that holds a number that is not finite. The message is one line.</summary>
public sealed class EmbeddingNotFiniteException(string text) : Exception($"the model's embedding of \"{Start(text)}\" is not finite")
{
    private const int ShownCharacters = 60;

    private static string Start(string text) => (text.Length <= ShownCharacters ? text : $"{text[..ShownCharacters]}…").ReplaceLineEndings(" ");
}
