using Distributed.Training.Optimization;

namespace Distributed.Training.Tests.Optimization;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("embeddings", "embeddings.word_embeddings.weight", true)]
    [InlineData("embeddings.*", "embeddings.word_embeddings.weight", true)]
    [InlineData("encoder.layer.1", "encoder.layer.1.output.dense.bias", true)]
    [InlineData("encoder.layer.1", "encoder.layer.10.output.dense.bias", false)]
    [InlineData("encoder.layer.?", "encoder.layer.10.output.dense.bias", false)]
    [InlineData("encoder.layer.1*", "encoder.layer.10.output.dense.bias", true)]
    [InlineData("*.bias", "encoder.layer.10.output.dense.bias", true)]
    [InlineData("bias", "encoder.layer.10.output.dense.bias", false)]
    [InlineData("*.LayerNorm", "encoder.layer.0.output.LayerNorm.weight", true)]
    [InlineData("encoder.layer.(0|1)", "encoder.layer.0.output.dense.bias", false)]
    [InlineData("encoder.layer", "encoder_layer.0", false)]
    public void MatchesBeginning_Name_TakesWholeParts(string pattern, string name, bool expected)
        => Assert.Equal(expected, new NamePattern(pattern).MatchesBeginning(name));

    [Theory]
    [InlineData("query", "encoder.layer.0.attention.self.query", true)]
    [InlineData("self.query", "encoder.layer.0.attention.self.query", true)]
    [InlineData("uery", "encoder.layer.0.attention.self.query", false)]
    [InlineData("*uery", "encoder.layer.0.attention.self.query", true)]
    [InlineData("layer.0.*", "encoder.layer.0.attention.self.query", true)]
    [InlineData("layer.0", "encoder.layer.0.attention.self.query", false)]
    [InlineData("*", "query", true)]
    public void MatchesEnd_Name_TakesWholeParts(string pattern, string name, bool expected)
        => Assert.Equal(expected, new NamePattern(pattern).MatchesEnd(name));
}
