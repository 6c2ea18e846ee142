using System.Text.Json;

namespace Distributed.Cli.Launching;

/// <summary>Where a coordinator listens, as it says itself in `coordinator.json` of its run's folder.</summary>
internal sealed record CoordinatorAddress(int Pid, string Grpc, string Status)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "coordinator.json";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>What process <paramref name="pid"/> wrote; null as long as it has not.</summary>
    public static CoordinatorAddress? Read(string outputFolder, int pid)
    {
        try
        {
            var bytes = File.ReadAllBytes(Path.Combine(outputFolder, FileName));
            var address = JsonSerializer.Deserialize<CoordinatorAddress>(bytes, Options);
            return address is { Grpc: not null, Status: not null } && address.Pid == pid ? address : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;   // not there yet, or half-written
        }
    }
}
