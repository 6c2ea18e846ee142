using Distributed.Jobs;
using Distributed.Training.Models.Adapters;

namespace Distributed.Training.Tests.Models.Adapters;

public sealed class BaseModelTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    [Theory]
    [InlineData("org/name", "org/name", null)]
    [InlineData($"org/name@{Commit}", "org/name", Commit)]
    [InlineData("org/name@v1", "org/name", "v1")]
    public void Of_ModelOfTheHub_IsItsNameAndRevision(string hub, string name, string? revision)
        => Assert.Equal(new BaseModel(name, revision), BaseModel.Of(new ModelOptions { Hub = hub }));

    [Theory]
    [InlineData($"/home/a/.cache/huggingface/hub/models--org--name/snapshots/{Commit}/", "org/name", Commit)]
    [InlineData("/models/name", "/models/name", null)]
    [InlineData("/models/models--org--name/snapshots/latest", "/models/models--org--name/snapshots/latest", null)]
    [InlineData($"/models/snapshots/{Commit}", $"/models/snapshots/{Commit}", null)]
    public void Of_Folder_IsItsPathUnlessTheHubsCacheHoldsIt(string folder, string name, string? revision)
        => Assert.Equal(new BaseModel(name, revision), BaseModel.Of(new ModelOptions { Folder = folder }));
}
