namespace Distributed.Worker.Membership;

/// <summary>The coordinator did not answer for as long as a worker is patient.</summary>
internal sealed class CoordinatorUnreachableException(Uri coordinator, TimeSpan patience, Exception? inner)
    : Exception($"The coordinator at {coordinator} did not answer for {patience.TotalSeconds:0} s: {Reason(inner)}", inner)
{
    private static string Reason(Exception? inner) => inner switch
    {
        null => "no attempt was completed",
        Grpc.Core.RpcException rpc => rpc.Status.Detail,
        _ => inner.Message,
    };
}
