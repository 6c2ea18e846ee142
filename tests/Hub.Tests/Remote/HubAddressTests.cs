using Distributed.Hub.Remote;
using Distributed.Jobs;

namespace Distributed.Hub.Tests.Remote;

public sealed class HubAddressTests
{
    [Theory]
    [InlineData("https://huggingface.co", true)]
    [InlineData("http://127.0.0.1:80", true)]
    [InlineData("http://localhost", true)]
    [InlineData("http://[::1]:5", true)]
    [InlineData("http://mirror.example", false)] // a token would go in the clear
    public void IsPrivate_Endpoint_TellsWhetherATokenMayBeSent(string endpoint, bool expected) => Assert.Equal(expected, new HubAddress(endpoint).IsPrivate);

    [Theory]
    [InlineData("huggingface.co")]
    [InlineData("ftp://huggingface.co")]
    [InlineData("https://user:secret@huggingface.co")]
    [InlineData("https://huggingface.co?x=1")]
    [InlineData("")]
    public void Create_WhatIsNoHub_IsRefused(string endpoint) => Assert.Equal(HubError.Settings, Assert.Throws<HubException>(() => new HubAddress(endpoint)).Error);

    [Fact]
    public void Addresses_OfARevisionAndAFile_AreEscaped()
    {
        var address = new HubAddress("https://mirror/hf");
        Assert.True(HubId.TryParse("org/name@refs/pr/1", out var id));

        Assert.Equal("https://mirror/hf/api/models/org/name/revision/refs%2Fpr%2F1", address.Revision(id).AbsoluteUri);
        Assert.Equal($"https://mirror/hf/org/name/resolve/{new string('a', 40)}/a%23/b", address.File(id.At(new string('a', 40)), "a#/b").AbsoluteUri);
    }

    [Theory]
    [InlineData("https://hub/x", true)]
    [InlineData("https://hub:443/x", true)]
    [InlineData("http://hub/x", false)]
    [InlineData("https://hub:444/x", false)]
    [InlineData("https://cdn.hub/x", false)]
    [InlineData("https://hub@evil/x", false)]
    public void Owns_Address_OnlyItsOwn(string url, bool expected) => Assert.Equal(expected, new HubAddress("https://hub").Owns(new Uri(url)));
}
