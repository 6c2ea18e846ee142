namespace Distributed.Coordinator.Rendezvous;

/// <summary>What a rendezvous takes into account besides the members.</summary>
/// <param name="IsFirst">No generation was formed yet in this life of the coordinator.</param>
/// <param name="IsStateHeld">A member in standby holds the state that training goes on from.</param>
/// <param name="LastChange">When a worker last joined, stood by or was lost.</param>
/// <param name="NotBefore">No generation before this moment: the pause after generations that ended without a decision.</param>
internal readonly record struct RendezvousSituation(
    bool IsFirst, bool IsStateHeld, DateTimeOffset LastChange, DateTimeOffset NotBefore = default);
