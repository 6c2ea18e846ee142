namespace Distributed.Worker.Verbs;

/// <summary>Arguments of a verb that do not fit each other or what they name. The message is for the user.</summary>
internal sealed class VerbException(string message) : Exception(message);
