using Distributed.Jobs.Yaml;

namespace Distributed.Jobs;

/// <summary>What the keys of a job have to satisfy together. A rule is left out where a key it reads was wrong by itself.</summary>
internal sealed class JobRules
{
    private const int DefaultMaxTokens = 64;
    private readonly Job _job;
    private readonly JobFileScope _scope;

    private JobRules(Job job, JobFileScope scope)
    {
        _job = job;
        _scope = scope;
    }

    /// <summary>Reports every combination in <paramref name="job"/> that cannot be run.</summary>
    public static void Check(Job job, JobFileScope scope)
    {
        var rules = new JobRules(job, scope);
        rules.CheckModel();
        rules.CheckLossAndData();
        rules.CheckSampler();
        rules.CheckKeysOfOtherKinds();
        rules.CheckSchedule();
        rules.CheckWorkers();
    }

    private void CheckModel()
    {
        if (_job.Model.New is not { } shape)
        {
            Require(_job.Model.Folder is not null, "one of model.folder (a model to start from) and model.new (a new one) is needed", "model", "model.folder", "model.new");
            return;
        }
        Require(_job.Model.Folder is null, "only one of model.folder and model.new can be given", "model.folder", "model.new");
        Require(shape.HiddenSize % shape.Heads == 0,
            $"model.new.heads is {shape.Heads}, which does not divide model.new.hidden_size, {shape.HiddenSize}", "model.new.heads", "model.new.hidden_size");
        var maxTokens = _job.Model.MaxTokens ?? DefaultMaxTokens;
        Require(maxTokens <= shape.MaxPositions,
            $"model.max_tokens is {maxTokens}, more than model.new.max_positions, {shape.MaxPositions}", "model.max_tokens", "model.new.max_positions");
    }

    private void CheckLossAndData()
    {
        var columns = _job.Data.Columns;
        if (_job.Loss.Kind == LossKind.BatchHardTriplet)
        {
            Require(_job.Data.Label is not null, "loss.kind batch-hard needs data.label, the column with the class of each row", "loss.kind", "data.label");
            Require(columns.Length == 1, $"loss.kind batch-hard takes one text column, data.columns has {columns.Length}", "data.columns", "loss.kind");
        }
        else
        {
            Require(columns.Length >= 2,
                "loss.kind mnrl needs at least two text columns in data.columns, anchor and positive", "data.columns", "loss.kind");
        }
        Require(_job.Data.Label is null || !columns.Contains(_job.Data.Label),
            $"data.label names '{_job.Data.Label}', which is a text column too", "data.label", "data.columns");
    }

    private void CheckSampler()
    {
        if (_job.Sampler.Kind != SamplerKind.Labels)
            return;
        Require(_job.Data.Label is not null, "sampler.kind labels needs data.label, the column with the class of each row", "sampler.kind", "data.label");
        var rows = (long)_job.Sampler.ClassesPerBatch * _job.Sampler.RowsPerClass;
        Require(rows <= BatchOptions.MaxRows, $"sampler.classes_per_batch × sampler.rows_per_class is {rows}, more than {BatchOptions.MaxRows} rows",
            "sampler.classes_per_batch", "sampler.rows_per_class");
        Require(!_scope.Gives("batch.rows") || _job.Batch.Rows == rows,
            $"batch.rows is {_job.Batch.Rows}, but sampler.kind labels makes batches of classes_per_batch × rows_per_class = {rows} rows; leave batch.rows out",
            "batch.rows", "sampler.kind", "sampler.classes_per_batch", "sampler.rows_per_class");
    }

    private void CheckKeysOfOtherKinds()
    {
        var isTriplet = _job.Loss.Kind == LossKind.BatchHardTriplet;
        foreach (var key in (ReadOnlySpan<string>)["loss.scale", "loss.similarity", "loss.mask_false_negatives"])
            Require(!isTriplet || !_scope.Gives(key), $"{key} has no meaning for loss.kind batch-hard", key, "loss.kind");
        foreach (var key in (ReadOnlySpan<string>)["loss.distance", "loss.margin", "loss.soft_margin", "loss.mean"])
            Require(isTriplet || !_scope.Gives(key), $"{key} has a meaning for loss.kind batch-hard only", key, "loss.kind");
        Require(!_job.Loss.SoftMargin || !_scope.Gives("loss.margin"), "loss.margin has no meaning with loss.soft_margin", "loss.margin", "loss.soft_margin");
        foreach (var key in (ReadOnlySpan<string>)["sampler.classes_per_batch", "sampler.rows_per_class"])
            Require(_job.Sampler.Kind == SamplerKind.Labels || !_scope.Gives(key), $"{key} has a meaning for sampler.kind labels only", key, "sampler.kind");
    }

    private void CheckSchedule()
    {
        if (_job.Optimizer.MaxSteps is { } steps && _job.Schedule.WarmupSteps is { } warmup)
            Require(warmup <= steps, $"schedule.warmup_steps is {warmup}, more than optimizer.max_steps, {steps}", "schedule.warmup_steps", "optimizer.max_steps");
    }

    private void CheckWorkers() => Require(_job.Workers.Count <= _job.Batch.Shards,
        $"workers.count is {_job.Workers.Count}, more than batch.shards, {_job.Batch.Shards}: each worker needs a shard", "workers.count", "batch.shards");

    /// <summary>Reports <paramref name="message"/> at the first of <paramref name="keys"/> that the file gives, unless one of them is wrong by itself.</summary>
    private void Require(bool isMet, string message, params ReadOnlySpan<string> keys)
    {
        if (isMet)
            return;
        foreach (var key in keys)
        {
            if (_scope.Mistakes.Concern(key))
                return;
        }
        foreach (var key in keys)
        {
            if (_scope.Gives(key))
            {
                _scope.Mistakes.Add(_scope.LineOf(key), message);
                return;
            }
        }
        _scope.Mistakes.Add(_scope.LineOf(keys[0]), message);
    }
}
