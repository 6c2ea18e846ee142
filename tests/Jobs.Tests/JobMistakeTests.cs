namespace Distributed.Jobs.Tests;

public sealed class JobMistakeTests : IDisposable
{
    private readonly JobFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_ManyMistakes_AreReportedAtOnceInOrder()
    {
        var mistakes = _folder.Mistakes(
            """
            sead: 3
            precision: float16
            model:
              folder: nowhere
              new:
                vocabulary: vocab.txt
                heads: 5
            data:
              train: [train.jsonl, absent.jsonl]
              colums: [a, b]
              limit: many
            batch:
              rows: 1
            optimizer: {learning_rate: -1, clip_norm: big}
            workers: 4
            """);

        Assert.Equal(
            [
                "0: output.folder: is missing",
                "1: unknown key 'sead'; did you mean 'seed'?",
                "2: precision: expected float32 or bfloat16, found 'float16'",
                $"4: model.folder: no such folder: {_folder.File("nowhere")}",
                "7: model.new.heads is 5, which does not divide model.new.hidden_size, 256",
                $"9: data.train: no such file: {_folder.File("absent.jsonl")}",
                "10: unknown key 'data.colums'; did you mean 'columns'?",
                "11: data.limit: expected a whole number of at least 2, found 'many'",
                "13: batch.rows: expected a whole number from 2 to 1048576, found '1'",
                "14: optimizer.learning_rate: expected a number above 0, found '-1'",
                "14: optimizer.clip_norm: expected a number above 0, found 'big'",
                "15: workers: expected a section with keys below it, found '4'",
            ],
            mistakes);
    }

    [Fact]
    public void Message_OfTheException_HasFileLineAndReason()
    {
        var exception = Assert.Throws<JobFileException>(() => _folder.Load(JobFolder.Minimal + "seed: x\nbatch: {shards: 0}\n"));

        var file = _folder.File("job.yaml");
        Assert.Equal(
            $"{file}:6: seed: expected a whole number of at least 0, found 'x'\n{file}:7: batch.shards: expected a whole number from 1 to 4096, found '0'",
            exception.Message);
    }

    [Theory]
    [InlineData("seed: 1.5", "seed: expected a whole number of at least 0, found '1.5'")]
    [InlineData("seed: '1'", "seed: expected a whole number of at least 0, found '1'")]
    [InlineData("seed: 99999999999", "seed: expected a whole number from 0 to 2147483647, found '99999999999'")]
    [InlineData("checkpoint: {every_steps: 2147483648}", "checkpoint.every_steps: expected a whole number from 1 to 2147483647, found '2147483648'")]
    [InlineData("seed: [1]", "seed: expected a whole number of at least 0, found a list")]
    [InlineData("seed: {a: 1}", "seed: expected a whole number of at least 0, found a section")]
    [InlineData("loss: {scale: .nan}", "loss.scale: expected a number above 0, found '.nan'")]
    [InlineData("loss: {scale: NaN}", "loss.scale: expected a number above 0, found 'NaN'")]
    [InlineData("loss: {scale: 1e999}", "loss.scale: expected a number above 0, found '1e999'")]
    [InlineData("loss: {mask_false_negatives: maybe}", "loss.mask_false_negatives: expected true or false, found 'maybe'")]
    [InlineData("loss: {kind: mnlr}", "loss.kind: expected mnrl or symmetric-mnrl or gist or batch-hard or batch-all or batch-semi-hard or triplet or contrastive or online-contrastive or "
        + "cosine-similarity or cosent or angle or custom, found 'mnlr'")]
    [InlineData("loss: {kind: batchhard, soft_margin: true, assembly: x}", "loss.kind: expected mnrl or symmetric-mnrl or gist or batch-hard or batch-all or batch-semi-hard or triplet or "
        + "contrastive or online-contrastive or cosine-similarity or cosent or angle or custom, found 'batchhard'")]
    [InlineData("loss: {learn_scale: true, scale: 101}", "loss.scale is 101, above 100, which a learned scale does not exceed")]
    [InlineData("schedule: {warmup_ratio: 1.5}", "schedule.warmup_ratio: expected a number from 0 to 1, found '1.5'")]
    [InlineData("schedule: {warmup_steps: -1}", "schedule.warmup_steps: expected a whole number of at least 0, found '-1'")]
    [InlineData("optimizer: {beta1: 1}", "optimizer.beta1: expected a number from 0 to below 1, found '1'")]
    [InlineData("optimizer: {rates: [{factor: 2}]}", "optimizer.rates[0].pattern: is missing")]
    [InlineData("optimizer: {rates: [{pattern: a, factor: 0}]}",
        "optimizer.rates[0].factor: expected a number above 0 (model.freeze is for parameters that are not trained), found '0'")]
    [InlineData("optimizer: {rates: {pattern: a}}", "optimizer.rates: expected a list of sections, each with keys of its own")]
    [InlineData("workers: {device: gpu}", "workers.device: expected auto or cpu or cuda, found 'gpu'")]
    [InlineData("workers: {}\nworkers: {}", "'workers' is given twice, first in line 6")]
    [InlineData("? [a, b]\n: 1", "a list cannot be a key")]
    [InlineData("lsos: {}", "unknown key 'lsos'; did you mean 'loss'?")]
    [InlineData("checkpoint: [1]", "checkpoint: expected a section with keys below it, found a list")]
    [InlineData("everything: 1", "unknown key 'everything'")]
    [InlineData("evaluation: {queries: test.jsonl, relevance: qrels.tsv}", "evaluation.corpus: is missing")]
    [InlineData("evaluation: {queries: test.jsonl, corpus: '', relevance: qrels.tsv}", "evaluation.corpus: expected text, found nothing")]
    public void Load_ValueThatDoesNotFit_SaysWhatWasExpected(string line, string message)
    {
        var mistake = Assert.Single(_folder.Mistakes(JobFolder.Minimal + line));

        Assert.Equal($"{6 + line.Count(c => c == '\n' && line.StartsWith("workers", StringComparison.Ordinal))}: {message}", mistake);
    }

    [Theory]
    [InlineData("columns: []", "data.columns: expected text or a list of texts, found an empty list")]
    [InlineData("columns: [a, [b]]", "data.columns: expected text, found a list")]
    [InlineData("columns: [a, b, a]", "data.columns: 'a' is listed twice")]
    [InlineData("columns: anchor", "loss.kind mnrl needs at least two text columns in data.columns, anchor and positive")]
    [InlineData("label: \"a\\0b\"", "data.label: expected text on one line, without control characters")]
    [InlineData("label: anchor", "data.label names 'anchor', which is a text column too")]
    public void Load_DataThatDoesNotFit_SaysWhatWasExpected(string line, string message)
    {
        var mistakes = _folder.Mistakes(JobFolder.Minimal.Replace("train: train.jsonl", $"train: train.jsonl\n  {line}", StringComparison.Ordinal));

        Assert.Equal([$"5: {message}"], mistakes);
    }

    [Theory]
    [InlineData("loss: {kind: batch-hard}", "6: loss.kind batch-hard needs data.label, the column with the class of each row",
        "6: loss.kind batch-hard takes one text column, data.columns has 2")]
    [InlineData("sampler: {kind: labels}", "6: sampler.kind labels needs data.label, the column with the class of each row")]
    [InlineData("workers: {count: 9}", "6: workers.count is 9, more than batch.shards, 8: each worker needs a shard")]
    [InlineData("batch: {activation_memory_mb: 64, tokens_per_micro_batch: 512}",
        "6: only one of batch.tokens_per_micro_batch and batch.activation_memory_mb can be given")]
    [InlineData("batch: {shards: 1}", "6: workers.count is 2, more than batch.shards, 1: each worker needs a shard")]
    [InlineData("optimizer: {max_steps: 5}\nschedule: {warmup_steps: 6}", "7: schedule.warmup_steps is 6, more than optimizer.max_steps, 5")]
    [InlineData("loss: {margin: 1}", "6: loss.margin has no meaning for loss.kind mnrl")]
    [InlineData("sampler: {rows_per_class: 2}", "6: sampler.rows_per_class has a meaning for sampler.kind labels only")]
    public void Load_KeysThatDoNotGoTogether_AreReported(string lines, params string[] expected) =>
        Assert.Equal(expected, _folder.Mistakes(JobFolder.Minimal + lines));

    [Theory]
    [InlineData("loss: {kind: batch-hard, scale: 10}", "8: loss.scale has no meaning for loss.kind batch-hard")]
    [InlineData("loss: {kind: batch-hard, soft_margin: true, margin: 1}", "8: loss.margin has no meaning with loss.soft_margin")]
    [InlineData("sampler: {kind: labels, classes_per_batch: 4}\nbatch: {rows: 32}",
        "9: batch.rows is 32, but sampler.kind labels makes batches of classes_per_batch × rows_per_class = 16 rows; leave batch.rows out")]
    [InlineData("sampler: {kind: labels, classes_per_batch: 65536, rows_per_class: 1024}",
        "8: sampler.classes_per_batch × sampler.rows_per_class is 67108864, more than 1048576 rows")]
    public void Load_LabelledDataAndKeysThatDoNotGoTogether_AreReported(string lines, string expected)
    {
        var columns = lines.Contains("batch-hard", StringComparison.Ordinal) ? "text" : "[a, b]";
        var yaml = JobFolder.Minimal.Replace("train: train.jsonl", $"train: train.jsonl\n  label: class\n  columns: {columns}", StringComparison.Ordinal);

        Assert.Equal([expected], _folder.Mistakes(yaml + lines));
    }

    [Theory]
    [InlineData("model: {}", "1: one of model.folder and model.hub (a model to start from) and model.new (a new one) is needed")]
    [InlineData("model: {folder: ., new: {vocabulary: vocab.txt}}", "1: only one of model.folder, model.hub and model.new can be given")]
    [InlineData("model: {hub: org/name, new: {vocabulary: vocab.txt}}", "1: only one of model.folder, model.hub and model.new can be given")]
    [InlineData("model: {hub: ./name}", "1: model.hub: './name' is no model of the hub: expected org/name or org/name@revision")]
    [InlineData("model: {new: {vocabulary: vocab.txt, max_positions: 32}}", "1: model.max_tokens is 64, more than model.new.max_positions, 32")]
    [InlineData("model: {new: {vocabulary: vocab.txt}, max_tokens: 129}", "1: model.max_tokens is 129, more than model.new.max_positions, 128")]
    [InlineData("model: {new: {vocabulary: vocab.txt}, lora: {rank: 0}}", "1: model.lora.rank: expected a whole number from 1 to 4096, found '0'")]
    [InlineData("model: {new: {vocabulary: vocab.txt}, adapter: .}", "1: model.adapter needs model.folder or model.hub, the model that it was trained on")]
    [InlineData("model: {folder: ., lora: {}, adapter: .}", "1: only one of model.lora (new adapters) and model.adapter (one to go on with) can be given")]
    [InlineData("model: {folder: ., lora: {}, freeze: embeddings}", "1: model.freeze has no meaning with adapters: they freeze the whole transformer")]
    [InlineData("model: {new: {}}", "1: model.new.vocabulary: is missing")]
    [InlineData("model: {new: {vocabulary: .}}", "1: model.new.vocabulary: {0} is a folder")]
    public void Load_ModelThatCannotBe_IsReported(string line, string expected)
    {
        var mistakes = _folder.Mistakes(JobFolder.Minimal.Replace("model:\n  new: {vocabulary: vocab.txt}", line, StringComparison.Ordinal));

        Assert.Equal([expected.Replace("{0}", _folder.File("."), StringComparison.Ordinal).Replace("/. ", " ", StringComparison.Ordinal)], mistakes);
    }

    [Fact]
    public void Load_SectionIsAValue_ItsKeysAreNotReportedAsMissing() => Assert.Equal(
        ["3: data: expected a section with keys below it, found 'train.jsonl'"],
        _folder.Mistakes(JobFolder.Minimal.Replace("data:\n  train: train.jsonl", "data: train.jsonl", StringComparison.Ordinal)));

    [Fact]
    public void Load_FilesOfAList_AreReportedWhereTheyStand() => Assert.Equal(
        [
            $"5: data.train: no such file: {_folder.File("a.jsonl")}",
            "6: data.train: expected text, found a list",
            "8: data.train: 'train.jsonl' is listed twice",
        ],
        _folder.Mistakes(JobFolder.Minimal.Replace(
            "train: train.jsonl", "train:\n  - a.jsonl\n  - [b]\n  - train.jsonl\n  - train.jsonl", StringComparison.Ordinal)));

    [Fact]
    public void Load_OutputIsAFile_IsReported() => Assert.Equal(
        [$"5: output.folder: {_folder.File("vocab.txt")} is a file"],
        _folder.Mistakes(JobFolder.Minimal.Replace("runs/a", "vocab.txt", StringComparison.Ordinal)));
}
