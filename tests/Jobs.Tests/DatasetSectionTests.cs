using Distributed.Jobs.Losses;

namespace Distributed.Jobs.Tests;

public sealed class DatasetSectionTests : IDisposable
{
    private const string Two =
        """
        model:
          new: {vocabulary: vocab.txt}
        output: {folder: runs/a}
        datasets:
          - name: questions
            data: {train: train.jsonl}
            sampler: {kind: no-duplicates}
          - name: topics
            data: {train: test.jsonl, columns: text, label: topic}
            loss: {kind: batch-hard, margin: 2}
            sampler: {kind: labels, classes_per_batch: 4}

        """;

    private readonly JobFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_TwoDatasets_EachHasItsDataLossAndSampler()
    {
        var job = _folder.Load(Two + "mixing: round-robin\n");

        Assert.Equal(["questions", "topics"], job.Datasets.Select(dataset => dataset.Name));
        Assert.Equal(DatasetMixing.RoundRobin, job.Mixing);
        Assert.Equal([_folder.File("train.jsonl"), _folder.File("test.jsonl")], job.Datasets.Select(dataset => dataset.Data.Train[0]));
        Assert.Equal<LossOptions>([new RankingLossOptions(), new MinedTripletLossOptions { Margin = 2 }], job.Datasets.Select(dataset => dataset.Loss));
        Assert.Equal([SamplerKind.NoDuplicates, SamplerKind.Labels], job.Datasets.Select(dataset => dataset.Sampler.Kind));
    }

    [Fact]
    public void Load_WithoutDatasets_HasASingleOneAndIsProportional()
    {
        var job = _folder.Load(JobFolder.Minimal);

        Assert.Equal("train", Assert.Single(job.Datasets).Name);
        Assert.Equal(DatasetMixing.Proportional, job.Mixing);
        Assert.Equal(DatasetMixing.Proportional, _folder.Load(Two).Mixing);
    }

    [Theory]
    [InlineData("data: {train: train.jsonl}", "12: data stands in each of datasets")]
    [InlineData("loss: {kind: mnrl}", "12: loss stands in each of datasets")]
    [InlineData("sampler: {drop_last: yes}", "12: sampler stands in each of datasets")]
    [InlineData("mixing: random", "12: mixing: expected proportional or round-robin, found 'random'")]
    public void Load_KeysBesideDatasets_AreReported(string line, string expected) => Assert.Equal([expected], _folder.Mistakes(Two + line));

    [Fact]
    public void Load_MixingOfASingleDataset_IsReported() =>
        Assert.Equal(["6: mixing has a meaning with datasets only"], _folder.Mistakes(JobFolder.Minimal + "mixing: proportional"));

    [Theory]
    [InlineData("name: topics", "name: questions", "4: two of datasets have the name 'questions'")]
    [InlineData("  - name: topics\n    data:", "  - data:", "8: datasets[1].name: is missing")]
    [InlineData("margin: 2", "scale: 2", "10: datasets[1].loss.scale has no meaning for loss.kind batch-hard")]
    [InlineData("margin: 2", "sacle: 2", "10: unknown key 'datasets[1].loss.sacle'")]
    [InlineData(", label: topic", "",
        "10: datasets[1]: loss.kind batch-hard needs data.label, the column with the class of each row|"
        + "11: datasets[1]: sampler.kind labels needs data.label, the column with the class of each row")]
    [InlineData("data: {train: train.jsonl}", "data: {train: absent.jsonl}", "6: datasets[0].data.train: no such file: {0}")]
    [InlineData("kind: no-duplicates", "rows_per_class: 2", "7: datasets[0]: sampler.rows_per_class has a meaning for sampler.kind labels only")]
    [InlineData("data: {train: train.jsonl}", "data: {train: train.jsonl, score: s}", "6: datasets[0]: data.score has no meaning for loss.kind mnrl")]
    [InlineData("    sampler: {kind: no-duplicates}", "    seed: 3", "7: unknown key 'datasets[0].seed'")]
    public void Load_DatasetThatDoesNotFit_IsNamedWithItsLine(string part, string otherwise, string expected) => Assert.Equal(
        expected.Replace("{0}", _folder.File("absent.jsonl"), StringComparison.Ordinal).Split('|'),
        _folder.Mistakes(Two.Replace(part, otherwise, StringComparison.Ordinal)));

    [Theory]
    [InlineData("datasets: []")]
    [InlineData("datasets: {}")]
    [InlineData("datasets: [a, b]")]
    [InlineData("datasets: questions")]
    public void Load_DatasetsThatAreNoList_IsOneMistake(string line) => Assert.Equal(
        ["4: datasets: expected a list of sections, each with keys of its own"],
        _folder.Mistakes($"{Two[..Two.IndexOf("datasets:", StringComparison.Ordinal)]}{line}\n"));
}
