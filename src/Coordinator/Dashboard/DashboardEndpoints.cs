using System.Text.Json;
using System.Text.Json.Serialization;
using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Dashboard;

/// <summary>What a person or a probe sees of a run over HTTP.</summary>
internal static class DashboardEndpoints
{
    private const string Page = "index.html";
    private const string OwnContentOnly =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static void MapDashboard(this IEndpointRouteBuilder endpoints, RunLoop loop)
    {
        var page = ReadPage();
        endpoints.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], (HttpContext context) =>
        {
            context.Response.Headers.ContentSecurityPolicy = OwnContentOnly;
            return Results.Content(page, "text/html; charset=utf-8");
        });
        endpoints.MapGet("/api/status", async (HttpContext context, CancellationToken aborted) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return await AskAsync(loop, aborted) is { } status ? Results.Json(status, Json) : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        });

        // Live: the loop answers. Ready: and workers may join.
        endpoints.MapGet("/health/live", async (CancellationToken aborted) => Health(await AskAsync(loop, aborted) is not null));
        endpoints.MapGet("/health/ready", async (CancellationToken aborted) =>
            Health(await AskAsync(loop, aborted) is { State: RunState.Waiting or RunState.Running or RunState.Reforming }));
    }

    private static IResult Health(bool isWell) =>
        isWell ? Results.Text("ok\n") : Results.Text("no\n", statusCode: StatusCodes.Status503ServiceUnavailable);

    private static async Task<RunStatus?> AskAsync(RunLoop loop, CancellationToken aborted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        patience.CancelAfter(Patience);
        try
        {
            return await loop.StatusAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static string ReadPage()
    {
        using var stream = typeof(DashboardEndpoints).Assembly.GetManifestResourceStream(Page)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
