using Distributed.Jobs;
using Distributed.Training.Losses;
using Distributed.Worker.Hosting;
using Distributed.Worker.Membership;
using Grpc.Core;

namespace Distributed.Worker.Tests.Hosting;

public sealed class WorkerFailureTests
{
    [Fact]
    public void Of_JobFileMistakes_HasALineForEachWithItsPlace()
    {
        var failure = WorkerFailure.Of(new JobFileException("job.yaml", [new JobFileError(0, "no such file"), new JobFileError(7, "unknown key")]));

        Assert.Equal(2, failure!.ExitCode);
        Assert.Equal(["job.yaml: no such file", "job.yaml:7: unknown key"], failure.Lines);
    }

    [Fact]
    public void Of_RefusedCall_IsOneLineAndNotTriedAgain()
    {
        var failure = WorkerFailure.Of(new RpcException(new Status(StatusCode.Unimplemented, "no such\nservice")));

        Assert.Equal(2, failure!.ExitCode);
        Assert.Equal(["the coordinator refused the call: Unimplemented, no such service"], failure.Lines);
    }

    [Fact]
    public void Of_LossThatCannotBeMade_IsOneLine()
    {
        var failure = WorkerFailure.Of(new LossException("loss.dll has no class A"));

        Assert.Equal(2, failure!.ExitCode);
        Assert.Equal(["loss.dll has no class A"], failure.Lines);
    }

    [Fact]
    public void Of_CoordinatorUnreachable_HasItsOwnCode() =>
        Assert.Equal(3, WorkerFailure.Of(new CoordinatorUnreachableException(new Uri("http://127.0.0.1:1"), TimeSpan.FromSeconds(1), null))!.ExitCode);

    [Fact]
    public void Of_Defect_IsNone() => Assert.Null(WorkerFailure.Of(new InvalidOperationException("a defect")));
}
