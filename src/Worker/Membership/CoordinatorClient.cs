using Distributed.Protocol;
using Grpc.Core;
using Grpc.Net.Client;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Distributed.Worker.Membership;

/// <summary>The only gRPC client of the coordinator: opens the worker's stream, again and again while there is patience left.</summary>
internal sealed partial class CoordinatorClient : IDisposable
{
    private const int MaxMessageBytes = 1 << 20;

    private readonly ConnectionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CoordinatorClient> _logger;
    private readonly GrpcChannel _channel;
    private bool _wasConnected;
    private Exception? _lastFailure;

    public CoordinatorClient(ConnectionOptions options, TimeProvider time, ILogger<CoordinatorClient> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _channel = GrpcChannel.ForAddress(options.Coordinator, new GrpcChannelOptions
        {
            HttpHandler = CreateHandler(options),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxMessageBytes,
            MaxSendMessageSize = MaxMessageBytes,
        });
    }

    /// <summary>Opens a stream and says Hello. The coordinator's first word, Welcome or Stop, has come when this returns.</summary>
    /// <exception cref="CoordinatorUnreachableException">No answer for as long as the options allow.</exception>
    /// <exception cref="RpcException">An answer that trying again does not change.</exception>
    public async Task<CoordinatorSession> ConnectAsync(Hello hello, CancellationToken cancellationToken)
    {
        var patience = _wasConnected ? _options.ReconnectPatience : _options.FirstConnectPatience;
        _lastFailure = null;
        try
        {
            var session = await CreatePipeline(patience).ExecuteAsync(token => OpenAsync(hello, token), cancellationToken);
            _wasConnected = true;
            return session;
        }
        catch (TimeoutRejectedException)
        {
            throw new CoordinatorUnreachableException(_options.Coordinator, patience, _lastFailure);
        }
    }

    public void Dispose() => _channel.Dispose();

    private static SocketsHttpHandler CreateHandler(ConnectionOptions options) => new()
    {
        ConnectTimeout = options.AttemptTimeout,
        KeepAlivePingDelay = TimeSpan.FromSeconds(10),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        UseProxy = false,
    };

    private ResiliencePipeline CreatePipeline(TimeSpan patience) => new ResiliencePipelineBuilder { TimeProvider = _time }
        .AddTimeout(patience)
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<RpcException>(MayPass).Handle<TimeoutRejectedException>(),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = _options.LongestPause,
            UseJitter = true,
            OnRetry = Remember,
        })
        .AddTimeout(_options.AttemptTimeout)
        .Build();

    private static bool MayPass(RpcException e) => e.StatusCode
        is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Internal or StatusCode.Cancelled or StatusCode.Aborted or StatusCode.Unknown
        or StatusCode.ResourceExhausted;

    private ValueTask Remember(OnRetryArguments<object> attempt)
    {
        var failure = attempt.Outcome.Exception;
        if (_lastFailure is null)
            LogNotReached(_options.Coordinator, failure is RpcException rpc ? rpc.Status.Detail : failure?.Message);
        _lastFailure = failure;
        return ValueTask.CompletedTask;
    }

    private async ValueTask<CoordinatorSession> OpenAsync(Hello hello, CancellationToken cancellationToken)
    {
        var lifetime = new CancellationTokenSource();
        var call = new Protocol.Coordinator.CoordinatorClient(_channel).Join(cancellationToken: lifetime.Token);
        try
        {
            await call.RequestStream.WriteAsync(new WorkerMessage { Hello = hello }, cancellationToken);
            if (!await call.ResponseStream.MoveNext(cancellationToken))
                throw new RpcException(new Status(StatusCode.Unavailable, "the coordinator closed the stream without an answer"));
            return CoordinatorSession.Start(call, call.ResponseStream.Current, lifetime, _options.HeartbeatInterval, _time, _logger);
        }
        catch
        {
            await lifetime.CancelAsync();
            call.Dispose();
            lifetime.Dispose();
            throw;
        }
    }

    [LoggerMessage(LogLevel.Information, "The coordinator at {Coordinator} does not answer yet: {Reason}")]
    private partial void LogNotReached(Uri coordinator, string? reason);
}
