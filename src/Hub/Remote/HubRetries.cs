using Polly;
using Polly.Retry;

namespace Distributed.Hub.Remote;

/// <summary>Repeats what failed in passing: broken connections, timeouts, 429 and 5xx. Everything asked of a hub is safe to repeat.</summary>
internal static class HubRetries
{
    // Who is told to wait longer than this is told so, and may come again.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    /// <summary>The pipeline.</summary>
    public static ResiliencePipeline Create(HubOptions options, TimeProvider time) => options.Retries == 0
        ? ResiliencePipeline.Empty
        : new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<HubException>(exception => exception.MayPass && !(exception.RetryAfter > LongestWait)),
            MaxRetryAttempts = options.Retries,
            BackoffType = DelayBackoffType.Exponential,
            Delay = options.FirstPause,
            MaxDelay = LongestPause,
            UseJitter = true,
            DelayGenerator = failed => ValueTask.FromResult((failed.Outcome.Exception as HubException)?.RetryAfter), // null: as above
        }).Build();
}
