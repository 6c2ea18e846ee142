using System.Net;
using Distributed.Jobs;

namespace Distributed.Hub.Remote;

/// <summary>What a hub's refusal means to the user.</summary>
internal static class HubFailure
{
    /// <summary>The exception for an answer that is no success.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="id">The model.</param>
    /// <param name="file">The file; null: the model's list of files.</param>
    /// <param name="host">The hub.</param>
    /// <param name="hasToken">Whether a token was sent.</param>
    /// <param name="time">The clock.</param>
    public static HubException Of(HttpResponseMessage response, HubId id, string? file, string host, bool hasToken, TimeProvider time)
    {
        var code = response.Headers.TryGetValues("X-Error-Code", out var values) ? values.First() : "";
        var status = (int)response.StatusCode;
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound when file is not null && code != "RevisionNotFound" => new(HubError.BadAnswer, $"{id}: {host} lists {file} but does not have it"),
            HttpStatusCode.NotFound when code == "RevisionNotFound" => new(HubError.NoSuchRevision, $"{id.Repository}: {host} has no revision {id.Revision} of it"),
            HttpStatusCode.NotFound => new(HubError.NoSuchModel, $"{id}: {host} has no such model or revision"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(HubError.AccessDenied, $"{id}: {host} refuses access ({status}): the model is gated or private, or there is none of that name: {Advice(hasToken)}"),
            HttpStatusCode.TooManyRequests => Passing($"{host} asks to send fewer requests (429)", RetryAfter(response, time)),
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => Passing($"{host} is not in working order ({status})", RetryAfter(response, time)),
            _ => new(HubError.BadAnswer, $"{id}: {host} answers with {status}, which was not expected"),
        };
    }

    private static HubException Passing(string message, TimeSpan? wait) =>
        new(HubError.Unavailable, wait is { } pause ? $"{message}; try again in {Math.Ceiling(pause.TotalSeconds)} s" : message) { MayPass = true, RetryAfter = wait };

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static string Advice(bool hasToken) => hasToken ? "the token does not open it" : "give a token in HF_TOKEN";
}
