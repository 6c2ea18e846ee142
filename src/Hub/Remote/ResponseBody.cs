namespace Distributed.Hub.Remote;

/// <summary>The body of an answer, read under a limit on how long nothing may arrive.</summary>
internal sealed class ResponseBody(HttpResponseMessage response, TimeSpan stallTimeout, TimeProvider time) : IDisposable
{
    private Stream? _stream;

    /// <summary>The next bytes; 0 at the end.</summary>
    /// <exception cref="HubException">The connection broke, or nothing arrived for too long.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(stallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            _stream ??= await response.Content.ReadAsStreamAsync(either.Token);
            return await _stream.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Broken($"sent nothing for {stallTimeout.TotalSeconds:0.#} s", null);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw Broken($"broke off: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream?.Dispose();

    private HubException Broken(string what, Exception? cause) =>
        new(HubError.Unavailable, $"{response.RequestMessage?.RequestUri?.Authority} {what}", cause) { MayPass = true };
}
