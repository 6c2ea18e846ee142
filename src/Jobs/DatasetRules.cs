using Distributed.Jobs.Losses;
using Distributed.Jobs.Yaml;

namespace Distributed.Jobs;

/// <summary>What the keys of one dataset have to satisfy together.</summary>
internal sealed class DatasetRules
{
    private readonly Job _job;
    private readonly DatasetOptions _dataset;
    private readonly string _prefix;
    private readonly JobFileScope _scope;

    private DatasetRules(Job job, DatasetOptions dataset, string prefix, JobFileScope scope) =>
        (_job, _dataset, _prefix, _scope) = (job, dataset, prefix, scope);

    /// <summary>Reports every combination that cannot be run.</summary>
    /// <param name="job">The job.</param>
    /// <param name="dataset">One of its datasets.</param>
    /// <param name="prefix">What stands before the dataset's keys in their whole names: `datasets[1].`, or nothing.</param>
    /// <param name="scope">Where mistakes go.</param>
    public static void Check(Job job, DatasetOptions dataset, string prefix, JobFileScope scope)
    {
        var rules = new DatasetRules(job, dataset, prefix, scope);
        rules.CheckColumns();
        rules.CheckScore();
        rules.CheckRanking();
        rules.CheckTriplets();
        rules.CheckMatryoshka();
        rules.CheckSampler();
    }

    private void CheckColumns()
    {
        var (kind, columns, label) = (_dataset.Loss.Kind, _dataset.Data.Columns, _dataset.Data.Label);
        switch (_dataset.Loss.Input)
        {
            case LossInput.Labels:
                Require(label is not null, $"loss.kind {kind} needs data.label, the column with the class of each row", "loss.kind", "data.label");
                Require(columns.Length == 1, $"loss.kind {kind} takes one text column, data.columns has {columns.Length}", "data.columns", "loss.kind");
                break;
            case LossInput.Triplets:
                Require(columns.Length == 3,
                    $"loss.kind {kind} takes three text columns, anchor, positive and negative, data.columns has {columns.Length}", "data.columns", "loss.kind");
                break;
            case LossInput.LabelledPairs or LossInput.ScoredPairs:
                Require(columns.Length == 2, $"loss.kind {kind} takes two text columns, data.columns has {columns.Length}", "data.columns", "loss.kind");
                break;
            case LossInput.Pairs:
                Require(columns.Length >= 2,
                    $"loss.kind {kind} needs at least two text columns in data.columns, anchor and positive", "data.columns", "loss.kind");
                break;
        }
        Require(label is null || !columns.Contains(label), $"data.label names '{label}', which is a text column too", "data.label", "data.columns");
    }

    private void CheckScore()
    {
        var score = _dataset.Data.Score;
        var (isNeeded, isRefused) = (_dataset.Loss.Input is LossInput.LabelledPairs or LossInput.ScoredPairs, _dataset.Loss.Input is not LossInput.Any);
        Require(!isNeeded || score is not null,
            $"loss.kind {_dataset.Loss.Kind} needs data.score, the column with the similarity of each pair", "loss.kind", "data.score");
        Require(isNeeded || !isRefused || score is null, $"data.score has no meaning for loss.kind {_dataset.Loss.Kind}", "data.score", "loss.kind");
        Require(score is null || (!_dataset.Data.Columns.Contains(score) && score != _dataset.Data.Label),
            $"data.score names '{score}', which is another column too", "data.score", "data.columns");
    }

    private void CheckRanking()
    {
        if (_dataset.Loss is not RankingLossOptions ranking)
            return;
        Require(ranking.Directions.HasFlag(RankingDirections.QueryToDocument),
            "loss.directions lacks query-document, which holds the pair that shall come first", "loss.directions");
        Require(ranking.Partition is SoftmaxPartition.Joint
                || (ranking.Directions & ~(RankingDirections.QueryToDocument | RankingDirections.DocumentToQuery)) == 0,
            "loss.partition per-direction goes with query-document and document-query only: the other directions hold negatives alone", // as the peer has it
            "loss.partition", "loss.directions", "loss.kind");
        Require(!ranking.LearnScale || ranking.Scale <= RankingLossOptions.LargestLearnedScale,
            $"loss.scale is {ranking.Scale}, above {RankingLossOptions.LargestLearnedScale}, which a learned scale does not exceed", "loss.scale", "loss.learn_scale");
        Require(ranking.Hardness is HardnessMode.None == (ranking.HardnessStrength == 0),
            "loss.hardness and loss.hardness_strength go together", "loss.hardness_strength", "loss.hardness");
        Require(ranking.ScoreMask is not ScoreMask.None || !_scope.Gives(_prefix + "loss.mask_margin"),
            "loss.mask_margin has a meaning with loss.mask_by_score only", "loss.mask_margin");
        Require(ranking.Guide is null || ranking.ScoreMask is not ScoreMask.None, "loss.kind gist masks by score: absolute or relative", "loss.mask_by_score");
        Require(ranking.Memory is null || ranking.Guide is null,
            "loss.memory does not go with loss.guide: of past steps the guide's embeddings are not kept", "loss.memory", "loss.guide");
    }

    private void CheckTriplets()
    {
        Require(_dataset.Loss is not MinedTripletLossOptions { SoftMargin: true } || !_scope.Gives(_prefix + "loss.margin"),
            "loss.margin has no meaning with loss.soft_margin", "loss.margin", "loss.soft_margin");
        Require(_dataset.Loss is not (MinedTripletLossOptions { Normalize: true, Distance: Distance.Cosine } or TripletLossOptions { Normalize: true, Distance: Distance.Cosine }),
            "loss.normalize has no meaning with distance cosine, which normalises anyway", "loss.normalize", "loss.distance");
    }

    private void CheckMatryoshka()
    {
        if (_dataset.Loss.Matryoshka is not { } matryoshka)
            return;
        Require(matryoshka.Weights.IsEmpty || matryoshka.Weights.Length == matryoshka.Dims.Length,
            $"loss.matryoshka has {matryoshka.Dims.Length} dims and {matryoshka.Weights.Length} weights", "loss.matryoshka.weights", "loss.matryoshka.dims");
        Require(matryoshka.Dims.Distinct().Count() == matryoshka.Dims.Length, "loss.matryoshka.dims has a dimension twice", "loss.matryoshka.dims");
        var width = _job.Model.New?.HiddenSize ?? int.MaxValue;
        Require(matryoshka.Dims.All(dim => dim <= width), $"loss.matryoshka.dims has a dimension above the model's, {width}", "loss.matryoshka.dims");
    }

    private void CheckSampler()
    {
        var sampler = _dataset.Sampler;
        foreach (var key in (ReadOnlySpan<string>)["sampler.classes_per_batch", "sampler.rows_per_class"])
        {
            Require(sampler.Kind == SamplerKind.Labels || !_scope.Gives(_prefix + key),
                $"{key} has a meaning for sampler.kind labels only", key, "sampler.kind");
        }
        if (sampler.Kind != SamplerKind.Labels)
            return;
        Require(_dataset.Data.Label is not null, "sampler.kind labels needs data.label, the column with the class of each row", "sampler.kind", "data.label");
        var rows = (long)sampler.ClassesPerBatch * sampler.RowsPerClass;
        Require(rows <= BatchOptions.MaxRows, $"sampler.classes_per_batch × sampler.rows_per_class is {rows}, more than {BatchOptions.MaxRows} rows",
            "sampler.classes_per_batch", "sampler.rows_per_class");
        if (_prefix.Length > 0 || !_scope.Gives("batch.rows") || _job.Batch.Rows == rows)
            return;
        Require(false,
            $"batch.rows is {_job.Batch.Rows}, but sampler.kind labels makes batches of classes_per_batch × rows_per_class = {rows} rows; leave batch.rows out",
            ["batch.rows"]);
    }

    private void Require(bool isMet, string message, params ReadOnlySpan<string> keys)
    {
        var paths = new string[keys.Length];
        for (var key = 0; key < keys.Length; key++)
            paths[key] = keys[key].StartsWith("batch.", StringComparison.Ordinal) ? keys[key] : _prefix + keys[key];
        _scope.Require(isMet, _prefix.Length == 0 ? message : $"{_prefix[..^1]}: {message}", paths);
    }
}
