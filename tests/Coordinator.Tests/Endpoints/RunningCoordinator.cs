using System.Collections.Concurrent;
using Distributed.Coordinator.Hosting;
using Distributed.Coordinator.Journal;
using Distributed.Coordinator.Runs;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Tests.Endpoints;

/// <summary>A coordinator on real ports of this machine, with a client for each of its sides.</summary>
internal sealed class RunningCoordinator : IAsyncDisposable
{
    private readonly PreparedRun _run;
    private readonly ErrorFreeLog _log = new();

    private RunningCoordinator(CoordinatorArguments arguments)
    {
        _run = PreparedRun.From(arguments, TimeProvider.System);
        Host = new CoordinatorHost(_run, arguments.Listen, arguments.Status, TimeProvider.System, _log);
    }

    public CoordinatorHost Host { get; }

    public RunFacts Facts => _run.Journal.Facts;

    /// <summary>The run's exit code, once it is over.</summary>
    public Task<int> Ended { get; private set; } = Task.FromResult(-1);

    public static async Task<RunningCoordinator> StartAsync(CoordinatorArguments arguments, CancellationToken cancellationToken)
    {
        var coordinator = new RunningCoordinator(arguments);
        try
        {
            await coordinator.Host.StartAsync(cancellationToken);
        }
        catch
        {
            coordinator._log.Clear();
            await coordinator.DisposeAsync();
            throw;
        }

        coordinator.Ended = coordinator.Host.Loop.RunAsync();
        return coordinator;
    }

    public ScriptedWorker Worker(string id, Func<long, bool>? livesAt = null, long stepsDecided = 0) =>
        new(id, Host.Addresses.Grpc, Facts.JobHash, Facts.DataFingerprint) { LivesAt = livesAt ?? (_ => true), StepsDecided = stepsDecided };

    /// <summary>Asks until the run looks as awaited.</summary>
    public async Task UntilAsync(Func<RunStatus, bool> isReached, CancellationToken cancellationToken)
    {
        while (await Host.Loop.StatusAsync(cancellationToken) is { } status && !isReached(status))
            await Task.Yield();
    }

    public HttpClient Browser() => new() { BaseAddress = new Uri(Host.Addresses.Status) };

    /// <summary>Ends the run where it still goes on, and asserts that nothing was logged as an error.</summary>
    public async ValueTask DisposeAsync()
    {
        await Host.Loop.PostAsync(new Abandoned("the test is over"), CancellationToken.None);
        await Ended;
        await Host.StopAsync(CancellationToken.None);
        await Host.DisposeAsync();
        _run.Dispose();
        _log.Dispose();
    }
}

/// <summary>Keeps what is logged; its end asserts that no line of it was an error.</summary>
internal sealed class ErrorFreeLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _errors = new();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error)
            _errors.Enqueue($"{formatter(state, exception)} {exception}");
    }

    /// <summary>Forgets what an expected failure left.</summary>
    public void Clear() => _errors.Clear();

    public void Dispose() => Assert.Empty(_errors);
}
