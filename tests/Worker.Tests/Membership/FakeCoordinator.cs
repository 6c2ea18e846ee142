using System.Threading.Channels;
using Distributed.Protocol;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Distributed.Worker.Tests.Membership;

/// <summary>A coordinator that does what the test says, over a real port.</summary>
internal sealed class FakeCoordinator : Protocol.Coordinator.CoordinatorBase, IAsyncDisposable
{
    private readonly Channel<WorkerStream> _streams = Channel.CreateUnbounded<WorkerStream>();
    private WebApplication? _server;

    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <param name="port">0: any free one.</param>
    public static async Task<FakeCoordinator> StartAsync(int port = 0)
    {
        var coordinator = new FakeCoordinator();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}").ConfigureKestrel(k => k.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(coordinator);
        coordinator._server = builder.Build();
        coordinator._server.MapGrpcService<FakeCoordinator>();
        await coordinator._server.StartAsync(Wait.Token);
        coordinator.Address = new Uri(coordinator._server.Urls.First());
        return coordinator;
    }

    public override async Task Join(
        IAsyncStreamReader<WorkerMessage> requestStream, IServerStreamWriter<CoordinatorMessage> responseStream, ServerCallContext context)
    {
        await requestStream.MoveNext(context.CancellationToken);
        var stream = new WorkerStream(requestStream.Current.Hello, requestStream, responseStream);
        _streams.Writer.TryWrite(stream);
        await stream.RunAsync(context.CancellationToken);
    }

    /// <summary>The next stream that a worker opens: it has said Hello and was not answered.</summary>
    public Task<WorkerStream> NextStreamAsync() => _streams.Reader.ReadAsync(Wait.Token).AsTask().WaitAsync(Wait.Long, Wait.Token);

    /// <summary>The next stream, welcomed, and what its worker holds.</summary>
    public async Task<(WorkerStream Stream, HeldState Held)> WelcomeAsync(long incarnation = 1)
    {
        var stream = await NextStreamAsync();
        stream.Send(new CoordinatorMessage { Welcome = new Welcome { RunId = "run", CoordinatorIncarnation = incarnation } });
        return (stream, (await stream.NextAsync()).Standby.Held);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _server!.StopAsync(now.Token);
        await _server.DisposeAsync();
    }
}
