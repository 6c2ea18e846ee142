using System.CommandLine;

namespace Distributed.Worker.Verbs;

/// <summary>`encode --model DIR --input FILE --output FILE`: texts to embeddings.</summary>
internal static class EncodeVerb
{
    private const int DefaultTokens = 4096;

    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        Option<string> model = new("--model") { Description = "Folder of the model.", Required = true, HelpName = "DIR" };
        Option<string?> text = new("--text") { Description = "A single text, in place of --input." };
        Option<string?> input = new("--input") { Description = "Texts: .txt (one a line), JSON Lines, CSV or TSV, plain or .gz, or Parquet; - for lines from standard input.", HelpName = "FILE" };
        Option<string> column = new("--column") { Description = "Column that holds the text.", DefaultValueFactory = _ => "text" };
        Option<string> output = new("--output") { Description = "Embeddings: .npy, .safetensors or .jsonl; - for JSON Lines on standard output.", HelpName = "FILE", DefaultValueFactory = _ => "-" };
        Option<bool> normalize = new("--normalize") { Description = "Scale embeddings to length 1." };
        var threads = VerbOptions.Threads("Threads of matrix products; default: half of the processors.");
        var tokens = VerbOptions.Positive("--batch-tokens", "Most tokens that go through the encoder together; default 4096.");

        Command command = new("encode", "Texts to embeddings, in their order.") { model, text, input, column, output, normalize, threads, tokens };
        command.Validators.Add(result =>
        {
            if (result.GetValue(text) is null == result.GetValue(input) is null)
                result.AddError("Give either --text or --input.");
        });
        command.SetVerb((arguments, cancellationToken) =>
        {
            var asked = new EncodeArguments(
                arguments.GetRequiredValue(model), arguments.GetValue(text), arguments.GetValue(input), arguments.GetRequiredValue(column),
                arguments.GetRequiredValue(output), arguments.GetValue(threads) ?? VerbOptions.DefaultThreads, arguments.GetValue(tokens) ?? DefaultTokens, arguments.GetValue(normalize));
            return new EncodeRun(asked, TimeProvider.System).RunAsync(cancellationToken);
        });
        return command;
    }
}
