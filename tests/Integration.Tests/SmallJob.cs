using Distributed.Testing;

namespace Distributed.Integration.Tests;

/// <summary>Job files of small runs over the bundled data, a few seconds each.</summary>
internal static class SmallJob
{
    private static readonly string WordNet = Path.Combine(Repository.Root, "data", "wordnet");

    private const string Model = """
        model:
          new:
            vocabulary: VOCABULARY
            layers: 1
            hidden_size: 32
            heads: 2
            intermediate_size: 64
          dropout: 0.1
          max_tokens: 32
        """;

    /// <summary>Pairs with hard negatives and multiple-negatives ranking; evaluated before and after.</summary>
    public static string Pairs { get; } = Fill($"""
        {Model}
        data:
          train: WORDNET/usage-train.jsonl.gz
          columns: [anchor, positive, negative]
          limit: 2000
        sampler:
          kind: no-duplicates
        batch:
          rows: 64
        optimizer:
          max_steps: 24
          learning_rate: 1e-3
        checkpoint:
          every_steps: 4
        evaluation:
          queries: WORDNET/usage-test.jsonl.gz
          corpus: WORDNET/corpus.jsonl.gz
          relevance: WORDNET/qrels.tsv
        output:
          folder: OUTPUT
        """);

    /// <summary>Labelled texts and batch-hard triplets.</summary>
    public static string Labelled { get; } = Fill($"""
        {Model}
        data:
          train: WORDNET/classes-train.jsonl.gz
          columns: text
          label: label
          limit: 3000
        loss:
          kind: batch-hard
          margin: 1
        sampler:
          kind: labels
          classes_per_batch: 12
          rows_per_class: 4
        optimizer:
          max_steps: 12
          learning_rate: 1e-3
        output:
          folder: OUTPUT
        """);

    /// <summary>Both, batches mixed; the scale of the first loss is trained, both remember past steps; micro-batches by memory.</summary>
    public static string Datasets { get; } = Fill($"""
        {Model}
        datasets:
          - name: usage
            data:
              train: WORDNET/usage-train.jsonl.gz
              columns: [anchor, positive, negative]
              limit: 2000
            loss:
              kind: mnrl
              learn_scale: true
              memory:
                rows: 150
                from_step: 3
            sampler:
              kind: no-duplicates
          - name: classes
            data:
              train: WORDNET/classes-train.jsonl.gz
              columns: text
              label: label
              limit: 1000
            loss:
              kind: batch-hard
              margin: 1
              memory:
                rows: 100
                from_step: 5
            sampler:
              kind: labels
              classes_per_batch: 12
              rows_per_class: 4
        mixing: proportional
        batch:
          rows: 64
          activation_memory_mb: 1
        optimizer:
          max_steps: 24
          learning_rate: 1e-3
        checkpoint:
          every_steps: 4
        output:
          folder: OUTPUT
        """);

    private static string Fill(string text) => text
        .Replace("VOCABULARY", Path.Combine(WordNet, "vocab.txt"), StringComparison.Ordinal)
        .Replace("WORDNET", WordNet, StringComparison.Ordinal);
}
