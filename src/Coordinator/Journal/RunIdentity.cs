namespace Distributed.Coordinator.Journal;

/// <summary>What makes two starts of a coordinator the same run.</summary>
/// <param name="JobHash">SHA-256 of the job, in hexadecimal.</param>
/// <param name="DataFingerprint">SHA-256 of the training rows, in hexadecimal.</param>
/// <param name="TotalSteps">Steps of the whole run; follows from the other two.</param>
internal sealed record RunIdentity(string JobHash, string DataFingerprint, long TotalSteps);
