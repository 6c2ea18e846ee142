namespace Distributed.Training.Losses;

/// <summary>A loss that cannot be made as the job asks for it, or does not fit the model. The message is for the user.</summary>
/// <param name="message">What does not fit, and what was expected.</param>
/// <param name="innerException">Why, where something else failed.</param>
public sealed class LossException(string message, Exception? innerException = null) : Exception(message, innerException);
