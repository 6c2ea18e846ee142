namespace Distributed.Worker.Runs;

/// <summary>Who this process is, and what it has loaded.</summary>
/// <param name="WorkerId">Stable name of the worker's place.</param>
/// <param name="ProcessIncarnation">One life of the process: a random UUID made at its start.</param>
/// <param name="JobHash">SHA-256 of the job, hexadecimal.</param>
/// <param name="DataFingerprint">SHA-256 of the training rows, hexadecimal.</param>
internal sealed record WorkerIdentity(string WorkerId, string ProcessIncarnation, string JobHash, string DataFingerprint);
