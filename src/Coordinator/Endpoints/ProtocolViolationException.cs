namespace Distributed.Coordinator.Endpoints;

/// <summary>A worker sent what the protocol does not allow; its stream is closed. The message is one line for a person.</summary>
internal sealed class ProtocolViolationException(string message) : Exception(message);
