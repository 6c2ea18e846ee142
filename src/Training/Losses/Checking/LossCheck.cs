namespace Distributed.Training.Losses.Checking;

/// <summary>One thing that was checked on a loss.</summary>
/// <param name="Name">What.</param>
/// <param name="Passed">Whether it holds.</param>
/// <param name="Detail">On how much, or where it fails first.</param>
public sealed record LossCheck(string Name, bool Passed, string Detail);
