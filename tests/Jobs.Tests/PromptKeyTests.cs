namespace Distributed.Jobs.Tests;

public sealed class PromptKeyTests : IDisposable
{
    private readonly JobFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_PromptForEachColumn_IsReadWithItsSpace()
    {
        var prompts = Load("""prompts: {anchor: "query: ", positive: {name: document}}""").Datasets[0].Data.Prompts!;

        Assert.Equal(["anchor", "positive"], prompts.Keys);
        Assert.Equal((new PromptOptions { Text = "query: " }, new PromptOptions { Name = "document" }), (prompts["anchor"], prompts["positive"]));
    }

    [Theory]
    [InlineData("""prompts: "query: " """, "query: ", null)]
    [InlineData("prompts: {name: query}", null, "query")]
    [InlineData("""prompts: "Instruct: find it\nQuery: " """, "Instruct: find it\nQuery: ", null)]
    public void Load_SinglePrompt_IsForAllColumns(string yaml, string? text, string? name)
    {
        var prompts = Load(yaml).Datasets[0].Data.Prompts!;

        Assert.Equal(["anchor", "positive"], prompts.Keys);
        Assert.All(prompts.Values, prompt => Assert.Equal(new PromptOptions { Text = text, Name = name }, prompt));
    }

    [Fact]
    public void Load_ColumnCalledName_HasItsOwnPrompt()
    {
        var prompts = Load("columns: [name, positive]\n  prompts: {name: query}").Datasets[0].Data.Prompts!;

        Assert.Equal(("name", new PromptOptions { Text = "query" }), (prompts.Keys.Single(), prompts["name"]));
    }

    [Theory]
    [InlineData("prompts:")]
    [InlineData("""prompts: "" """)]
    [InlineData("prompts: {}")]
    [InlineData("""prompts: {anchor: "", positive: ~}""")]
    public void Load_NoPrompt_IsTheJobWithoutTheKey(string yaml)
    {
        Assert.Null(Load(yaml).Datasets[0].Data.Prompts);
        Assert.Equal(JobHash.Of(_folder.Load(JobFolder.Minimal)), JobHash.Of(Load(yaml)));
    }

    [Fact]
    public void Load_PromptsOfTheEvaluation_AreRead()
    {
        const string Files = "queries: test.jsonl, corpus: corpus.jsonl, relevance: qrels.tsv";

        var given = _folder.Load(JobFolder.Minimal + $"evaluation: {{{Files}, query_prompt: \"\", document_prompt: {{name: passage}}}}").Evaluation!;
        var none = _folder.Load(JobFolder.Minimal + $"evaluation: {{{Files}}}").Evaluation!;

        Assert.Equal((new PromptOptions { Text = "" }, new PromptOptions { Name = "passage" }), (given.QueryPrompt, given.DocumentPrompt));
        Assert.Equal((null, null), (none.QueryPrompt, none.DocumentPrompt));
    }

    [Theory]
    [InlineData("prompts: {query: x}", "5: data.prompts: 'query' is none of the columns anchor, positive")]
    [InlineData("prompts: [a, b]", "5: data.prompts: expected text, or name: with the name of one of the model's prompts, found a list")]
    [InlineData("prompts: {anchor: {nam: x}}", "5: data.prompts.anchor: expected text, or name: with the name of one of the model's prompts, found a section")]
    [InlineData("prompts: {anchor: {name: }}", "5: data.prompts.anchor.name: expected text, found nothing")]
    [InlineData("""prompts: "a\u0007" """, "5: data.prompts: expected text, or name: with the name of one of the model's prompts, found 'a\u0007'")]
    public void Load_WrongPrompts_AreReported(string yaml, string mistake) => Assert.Equal([mistake], _folder.Mistakes(Yaml(yaml)));

    private static string Yaml(string prompts) => JobFolder.Minimal.Replace("train: train.jsonl", $"train: train.jsonl\n  {prompts}", StringComparison.Ordinal);

    private Job Load(string prompts) => _folder.Load(Yaml(prompts));
}
