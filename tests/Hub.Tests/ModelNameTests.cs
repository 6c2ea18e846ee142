namespace Distributed.Hub.Tests;

public sealed class ModelNameTests
{
    [Theory]
    [InlineData("sentence-transformers/all-MiniLM-L6-v2", true)]
    [InlineData("org/name@v1.0", true)]
    [InlineData("./model", false)]
    [InlineData("../model", false)]
    [InlineData("/model", false)]
    [InlineData("/runs/model", false)]
    [InlineData("runs/job/model", false)]
    [InlineData("runs/model/", false)]
    [InlineData("model", false)]
    [InlineData("~/model", false)]
    [InlineData("", false)]
    public void HubIdOf_Text_TellsIdsFromPaths(string text, bool isId) => Assert.Equal(isId, ModelName.HubIdOf(text) is not null);

    [Fact]
    public void HubIdOf_FolderThatExists_IsAFolder()
    {
        var parent = Directory.CreateTempSubdirectory("distributed-hub-test-");
        try
        {
            Directory.CreateDirectory(Path.Combine(parent.FullName, "org", "name"));
            Assert.Null(ModelName.HubIdOf(Path.GetRelativePath(Directory.GetCurrentDirectory(), Path.Combine(parent.FullName, "org", "name"))));
        }
        finally
        {
            parent.Delete(recursive: true);
        }
    }
}
