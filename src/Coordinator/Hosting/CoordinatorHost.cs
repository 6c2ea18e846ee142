using System.Net;
using Distributed.Coordinator.Checkpoints;
using Distributed.Coordinator.Dashboard;
using Distributed.Coordinator.Endpoints;
using Distributed.Coordinator.Runs;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Distributed.Coordinator.Hosting;

/// <summary>A run's loop and the web server around it: gRPC for workers on one port, status on the other.</summary>
internal sealed class CoordinatorHost : IAsyncDisposable
{
    private const int LargestMessageBytes = 64 * 1024;

    private readonly WebApplication _app;
    private ListenOptions? _grpc;
    private ListenOptions? _status;

    /// <param name="run">What is coordinated; stays the caller's.</param>
    /// <param name="listen">Where workers connect.</param>
    /// <param name="status">Where status is served.</param>
    /// <param name="time">The clock of leases and deadlines.</param>
    /// <param name="loggers">Where log lines go.</param>
    public CoordinatorHost(PreparedRun run, IPEndPoint listen, IPEndPoint status, TimeProvider time, ILoggerFactory loggers)
    {
        var connections = new WorkerConnections();
        var events = new RecentEvents(loggers.CreateLogger<RunMachine>(), time);
        var machine = new RunMachine(run.Journal.Facts, run.Plan, run.Options, new CheckpointFolders(RunFolder.Checkpoints(run.Folder), Directory.Exists), events);
        Loop = new RunLoop(machine, run.Journal, connections, time, loggers.CreateLogger<RunLoop>());

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(CoordinatorHost).Assembly.GetName().Name });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(connections);
        builder.Services.AddSingleton(Loop);
        builder.Services.AddSingleton<IHostLifetime, CallerLifetime>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.AddRoutingCore();
        // A page of another site, whose name leads here, must not read what only this machine may.
        builder.Services.AddHostFiltering(o => o.AllowedHosts = ["localhost", .. new[] { listen, status }.Select(LoopbackAddress.HostOf)]);
        builder.Services.AddGrpc(o => o.MaxReceiveMessageSize = LargestMessageBytes);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(listen, o => (_grpc = o).Protocols = HttpProtocols.Http2);
            kestrel.Listen(status, o => (_status = o).Protocols = HttpProtocols.Http1);
        });

        _app = builder.Build();
        _app.UseHostFiltering();
        _app.UseRouting();
        _app.MapGrpcService<CoordinatorService>();
        _app.MapDashboard(Loop);
    }

    /// <summary>The run.</summary>
    public RunLoop Loop { get; }

    /// <summary>Where it is reached, once it listens.</summary>
    public CoordinatorAddresses Addresses =>
        new(Environment.ProcessId, $"http://{_grpc!.IPEndPoint}", $"http://{_status!.IPEndPoint}");

    /// <summary>Starts to listen.</summary>
    /// <exception cref="BadInputException">A port is taken or not allowed.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new BadInputException($"{e.Message} Another program listens there: give another port, or 0 for any free one.", e);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new BadInputException($"--listen or --status: {e.Message}", e);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Leaves signals to the program: they ask the run to stop, not the web server.</summary>
    private sealed class CallerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
