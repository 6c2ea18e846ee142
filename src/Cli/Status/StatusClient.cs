using System.Text.Json;

namespace Distributed.Cli.Status;

/// <summary>Asks a coordinator how far its run is.</summary>
internal sealed class StatusClient : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = 4 << 20 };

    /// <summary>What the coordinator at <paramref name="statusUrl"/> says; null when it does not answer just now.</summary>
    public async Task<RunStatus?> AskAsync(string statusUrl, CancellationToken cancellationToken)
    {
        try
        {
            var url = new Uri(new Uri(statusUrl), "/api/status");
            await using var body = await _http.GetStreamAsync(url, cancellationToken);
            using var json = await JsonDocument.ParseAsync(body, default, cancellationToken);
            return StatusJson.Read(json.RootElement) with { PageUrl = statusUrl };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;   // it is starting, restarting or ending: the next question comes soon
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
