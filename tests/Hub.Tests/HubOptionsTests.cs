namespace Distributed.Hub.Tests;

public sealed class HubOptionsTests
{
    [Theory]
    [InlineData("", "/home/a/.cache/huggingface/hub", "/home/a/.cache/huggingface/token")]
    [InlineData("XDG_CACHE_HOME=/x", "/x/huggingface/hub", "/x/huggingface/token")]
    [InlineData("XDG_CACHE_HOME=/x HF_HOME=/h", "/h/hub", "/h/token")]
    [InlineData("HF_HOME=~/hf", "/home/a/hf/hub", "/home/a/hf/token")]
    [InlineData("HF_HOME=$DATA/hf DATA=/d", "/d/hf/hub", "/d/hf/token")]
    [InlineData("HF_HOME=${DATA}2/$NONE DATA=/d", "/d2/$NONE/hub", "/d2/$NONE/token")]
    [InlineData("HF_HOME=/h HF_HUB_CACHE=/c", "/c", "/h/token")]
    [InlineData("HUGGINGFACE_HUB_CACHE=/c", "/c", "/home/a/.cache/huggingface/token")]
    [InlineData("HUGGINGFACE_HUB_CACHE=/c HF_HUB_CACHE=/d HF_TOKEN_PATH=/t", "/d", "/t")]
    [InlineData("HF_HUB_DISABLE_IMPLICIT_TOKEN=1 HF_TOKEN=x", "/home/a/.cache/huggingface/hub", null)]
    public void FromEnvironment_Folders_AreThoseOfPython(string environment, string cache, string? token)
    {
        var options = Of(environment);

        Assert.Equal((cache, token), (options.CacheFolder, options.TokenFile));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("HF_HUB_OFFLINE=1", true)]
    [InlineData("HF_HUB_OFFLINE=true", true)]
    [InlineData("TRANSFORMERS_OFFLINE=yes", true)]
    [InlineData("HF_HUB_OFFLINE=0", false)]
    public void FromEnvironment_Offline_TakesPythonsWords(string environment, bool expected) => Assert.Equal(expected, Of(environment).IsOffline);

    [Fact]
    public void FromEnvironment_Token_IsTakenAndNeverShown()
    {
        var options = Of("HF_TOKEN=hf_secret HF_ENDPOINT=https://mirror/");

        Assert.Equal("hf_secret", options.Token?.Value);
        Assert.Equal("https://mirror", options.Endpoint);
        Assert.DoesNotContain("hf_secret", options.ToString(), StringComparison.Ordinal);
        Assert.Null(Of("HF_TOKEN=hf_secret HF_HUB_DISABLE_IMPLICIT_TOKEN=true").Token);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("line\nbreak")]
    [InlineData("grö")]
    public void Token_ThatNoHeaderTakes_IsRefusedWithoutShowingIt(string value) =>
        Assert.Equal("the hub's token holds characters that no token has", Assert.Throws<HubException>(() => new HubToken(value).RequireUsable()).Message);

    private static HubOptions Of(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return HubOptions.FromEnvironment(name => variables.GetValueOrDefault(name), "/home/a");
    }
}
