namespace Distributed.Integration.Tests;

/// <summary>The processes that share a verb.</summary>
internal static class GroupWorkers
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until the worker of a rank is as far as wanted; its process id.</summary>
    /// <param name="output">File that the command writes.</param>
    /// <param name="rank">The worker.</param>
    /// <param name="isFarEnough">Whether it is, of the process and the folder in which the workers find each other; null: it listens to the others.</param>
    public static async Task<int> WaitAsync(string output, int rank, Func<int, string, bool>? isFarEnough = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (true)
        {
            foreach (var id in RunProcesses.Of(output))
                if (RunProcesses.CommandLine(id).Split(' ') is var words && words.Contains("--peers") && Value(words, "--rank") == $"{rank}"
                    && Value(words, "--peers") is var peers && (isFarEnough?.Invoke(id, peers) ?? File.Exists(Path.Combine(peers, $"s{rank}"))))
                    return id;
            await Task.Delay(10, limit.Token);
        }
    }

    private static string Value(string[] words, string option) => words[Array.IndexOf(words, option) + 1];
}
