using Distributed.Coordinator.Hosting;

namespace Distributed.Coordinator.Tests.Hosting;

public sealed class LoopbackAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5000", "127.0.0.1:5000")]
    [InlineData("http://localhost:0", "127.0.0.1:0")]
    [InlineData("http://[::1]:5000/", "[::1]:5000")]
    public void Parse_Loopback_IsServed(string url, string expected) =>
        Assert.Equal(expected, LoopbackAddress.Parse("--listen", url).ToString());

    [Theory]
    [InlineData("http://0.0.0.0:5000")]
    [InlineData("http://[::]:5000")]
    [InlineData("http://10.1.2.3:5000")]
    [InlineData("http://example.org:5000")]
    public void Parse_ReachedByOthers_IsRefusedWithWhatComesFirst(string url)
    {
        var refusal = Assert.Throws<BadInputException>(() => LoopbackAddress.Parse("--listen", url));

        Assert.Contains($"--listen {url}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("TLS and a join token", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:5000")]
    [InlineData("https://127.0.0.1:5000")]
    [InlineData("http://127.0.0.1:5000/path")]
    [InlineData("")]
    public void Parse_NoSuchAddress_SaysWhatIsExpected(string url) =>
        Assert.Contains("expected http://HOST:PORT", Assert.Throws<BadInputException>(() => LoopbackAddress.Parse("--status", url)).Message, StringComparison.Ordinal);
}
