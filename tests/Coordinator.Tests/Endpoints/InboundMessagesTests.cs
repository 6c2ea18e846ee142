using Distributed.Coordinator.Endpoints;
using Distributed.Coordinator.Runs;
using Distributed.Protocol;

namespace Distributed.Coordinator.Tests.Endpoints;

public sealed class InboundMessagesTests
{
    [Fact]
    public void ToEvent_VoteWithFigures_CarriesThem()
    {
        var voted = Assert.IsType<Voted>(InboundMessages.ToEvent(1, Vote(("norm_mean", 2.5))));

        Assert.Equal(("norm_mean", 2.5), voted.Vote.Watch!.Select(figure => (figure.Key, figure.Value)).Single());
    }

    [Fact]
    public void ToEvent_VoteWithoutFigures_MeasuredNothing() => Assert.Null(Assert.IsType<Voted>(InboundMessages.ToEvent(1, Vote())).Vote.Watch);

    [Fact]
    public void ToEvent_MoreFiguresThanAllowedOrBadNames_IsRefused()
    {
        Assert.Throws<ProtocolViolationException>(() => InboundMessages.ToEvent(1, Vote([.. Enumerable.Range(0, 65).Select(i => ($"f{i}", 1.0))])));
        Assert.Throws<ProtocolViolationException>(() => InboundMessages.ToEvent(1, Vote((new string('x', 129), 1))));
        Assert.Throws<ProtocolViolationException>(() => InboundMessages.ToEvent(1, Vote(("a\nb", 1))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("step-00000001")]
    [InlineData("/")]
    [InlineData("/run/checkpoints/..")]
    public void ToEvent_CheckpointWithoutAPathAndAName_IsRefused(string folder) => Assert.Throws<ProtocolViolationException>(() => InboundMessages.ToEvent(
        1, new WorkerMessage { CheckpointSealed = new CheckpointSealed { StepsDecided = 1, Folder = folder, ManifestSha256 = "aa" } }));

    private static WorkerMessage Vote(params (string Name, double Value)[] watch)
    {
        var vote = new Vote { Generation = 1 };
        foreach (var (name, value) in watch)
            vote.Watch.Add(name, value);
        return new WorkerMessage { Vote = vote };
    }
}
