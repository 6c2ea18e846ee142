using System.Text;
using Distributed.Training.Tokenization.Unicode;

namespace Distributed.Training.Tests.Tokenization.Unicode;

public sealed class GraphemeClustersTests
{
    // Clusters are divided by bars.
    [Theory]
    [InlineData("a|b|c")]
    [InlineData("\r\n|\n|\r|a|\u0000|\u0301")]
    [InlineData("e\u0302\u0301|e")]
    [InlineData("a\u0903|\u0600a|a\u200d|a")]
    [InlineData("\u1100\u1161\u11a8|\uac00\u11a8|\uac01\u11a8|\u1100")]
    [InlineData("🇩🇪|🇫🇷|🇩|a")]
    [InlineData("👩\u200d👩\u200d👧|👩\u0301\u200d👩|👩\u200d\u200d|👩|a\u200d|👩")]
    [InlineData("\u0915\u094d\u0937|\u0915|\u0937|\u0915\u094d\u200d\u0937|\u0915\u094d\u200c|\u0937|a\u094d|\u0915")]
    public void End_Clusters_AreThoseOfTheStandard(string clusters)
    {
        var text = Encoding.UTF8.GetBytes(clusters.Replace("|", "", StringComparison.Ordinal));
        var found = new List<string>();

        for (var start = 0; start < text.Length;)
        {
            var end = GraphemeClusters.End(text, start);
            found.Add(Encoding.UTF8.GetString(text, start, end - start));
            start = end;
        }

        Assert.Equal(clusters, string.Join('|', found));
    }
}
