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
        rules.CheckAdapters();
        rules.CheckDatasets();
        rules.CheckBatch();
        rules.CheckSchedule();
        rules.CheckWorkers();
    }

    private void CheckModel()
    {
        var starts = new object?[] { _job.Model.Folder, _job.Model.Hub, _job.Model.New }.Count(start => start is not null);
        Require(starts > 0, "one of model.folder and model.hub (a model to start from) and model.new (a new one) is needed", "model", "model.folder", "model.hub", "model.new");
        Require(starts < 2, "only one of model.folder, model.hub and model.new can be given", "model.folder", "model.hub", "model.new");
        if (_job.Model.New is not { } shape)
            return;
        Require(shape.HiddenSize % shape.Heads == 0,
            $"model.new.heads is {shape.Heads}, which does not divide model.new.hidden_size, {shape.HiddenSize}", "model.new.heads", "model.new.hidden_size");
        var maxTokens = _job.Model.MaxTokens ?? DefaultMaxTokens;
        Require(maxTokens <= shape.MaxPositions,
            $"model.max_tokens is {maxTokens}, more than model.new.max_positions, {shape.MaxPositions}", "model.max_tokens", "model.new.max_positions");
    }

    private void CheckAdapters()
    {
        var model = _job.Model;
        var isBased = model.Folder is not null || model.Hub is not null;
        Require(model.Adapter is null || isBased, "model.adapter needs model.folder or model.hub, the model that it was trained on", "model.adapter");
        Require(model.Lora is null || model.Adapter is null, "only one of model.lora (new adapters) and model.adapter (one to go on with) can be given", "model.adapter", "model.lora");
        var hasAdapters = model.Lora is not null || model.Adapter is not null;
        Require(!hasAdapters || model.Freeze.IsEmpty, "model.freeze has no meaning with adapters: they freeze the whole transformer", "model.freeze");
        Require(!hasAdapters || model.FreezeLayers is null, "model.freeze_layers has no meaning with adapters: they freeze the whole transformer", "model.freeze_layers");
        var isAlone = _job.Output.Lora == AdapterOutput.Adapter;
        Require(!isAlone || hasAdapters, "output.lora: adapter needs model.lora or model.adapter", "output.lora");
        Require(!isAlone || !hasAdapters || isBased, "output.lora: adapter needs model.folder or model.hub: adapters of a new model would be all that is left of it", "output.lora");
    }

    private void CheckDatasets()
    {
        var isSingle = !_scope.Gives("datasets");
        for (var index = 0; index < _job.Datasets.Length; index++)
            DatasetRules.Check(_job, _job.Datasets[index], isSingle ? "" : $"datasets[{index}].", _scope);
        foreach (var twice in _job.Datasets.CountBy(dataset => dataset.Name).Where(name => name.Value > 1))
            Require(false, $"two of datasets have the name '{twice.Key}'", "datasets");
    }

    private void CheckBatch() => Require(
        _job.Batch.ActivationMemoryMb is null || !_scope.Gives("batch.tokens_per_micro_batch"),
        "only one of batch.tokens_per_micro_batch and batch.activation_memory_mb can be given", "batch.activation_memory_mb", "batch.tokens_per_micro_batch");

    private void CheckSchedule()
    {
        if (_job.Optimizer.MaxSteps is { } steps && _job.Schedule.WarmupSteps is { } warmup)
            Require(warmup <= steps, $"schedule.warmup_steps is {warmup}, more than optimizer.max_steps, {steps}", "schedule.warmup_steps", "optimizer.max_steps");
    }

    private void CheckWorkers() => Require(_job.Workers.Count <= _job.Batch.Shards,
        $"workers.count is {_job.Workers.Count}, more than batch.shards, {_job.Batch.Shards}: each worker needs a shard", "workers.count", "batch.shards");

    private void Require(bool isMet, string message, params ReadOnlySpan<string> keys) => _scope.Require(isMet, message, keys);
}
