using Distributed.Jobs.Yaml;

namespace Distributed.Jobs.Sections;

/// <summary>Reads `workers:`.</summary>
internal static class WorkerSection
{
    private static readonly WorkerOptions Default = new();

    public static WorkerOptions Read(Section keys) => new()
    {
        Count = keys.Int("count", Default.Count, min: 1, max: 4096),
        Threads = keys.Int("threads", Default.Threads, min: 1, max: 1024),
        Device = keys.Choice("device", Default.Device, ("auto", DeviceKind.Auto), ("cpu", DeviceKind.Cpu), ("cuda", DeviceKind.Cuda)),
    };
}
