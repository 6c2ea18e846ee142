using System.CommandLine;
using Distributed.Training.Inference.Quantization;
using Distributed.Worker.Verbs.Files;
using Distributed.Worker.Verbs.Groups;

namespace Distributed.Worker.Verbs.Encode;

/// <summary>The options of `encode` that say where texts come from and where embeddings go.</summary>
internal sealed class EncodeFileOptions
{
    private const string Console = "-";

    private readonly Option<string?> _text = new("--text") { Description = "A single text, in place of --input." };
    private readonly Option<string?> _input = new("--input")
    {
        Description = "Texts: .txt (one a line), JSON Lines, CSV or TSV, plain or .gz, or Parquet; - for lines from standard input.", HelpName = "FILE",
    };
    private readonly Option<string> _column = new("--column") { Description = "Column that holds the text.", DefaultValueFactory = _ => "text" };
    private readonly Option<string> _output = new("--output")
    {
        Description = "Embeddings: .npy, .safetensors, .parquet or .jsonl, in place of what the file held; - for JSON Lines on standard output.", HelpName = "FILE", DefaultValueFactory = _ => Console,
    };
    private readonly Option<string?> _calibration = new("--calibration")
    {
        Description = "Texts whose embeddings have the ranges that int8 and uint8 cut into steps; without it those of the texts themselves.", HelpName = "FILE",
    };

    /// <summary>Adds the options and what they have to fulfil together.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_text, _input, _column, _output, _calibration])
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_text) is null == result.GetValue(_input) is null)
                result.AddError("Give either --text or --input.");
        });
    }

    /// <summary>Where the texts come from.</summary>
    public EncodeInput Input(ParseResult arguments) =>
        new(arguments.GetValue(_text), arguments.GetValue(_input), arguments.GetRequiredValue(_column), arguments.GetValue(_calibration));

    /// <summary>Where the embeddings go.</summary>
    public string Output(ParseResult arguments) => arguments.GetRequiredValue(_output);

    /// <summary>What cannot be done; null: nothing.</summary>
    public string? Conflict(ParseResult arguments, string model, GroupPlace place, EmbeddingDtype dtype)
    {
        var (input, output) = (Input(arguments), Output(arguments));
        if ((EmbeddingOutput.Conflict(output) ?? TextSource.Conflict(input.File, ", or - for standard input") ?? TextSource.Conflict(input.Calibration)) is { } unsupported)
            return unsupported;
        if (input.Calibration is not null && !EmbeddingQuantizer.NeedsRanges(dtype))
            return "--calibration is for --dtype int8 and uint8";
        if (input.Calibration == Console)
            return "--calibration: give a file, not standard input";
        return StandardStreams(input, output, place) ?? OutputPlace.Conflict(output, model, ("--input", input.File), ("--calibration", input.Calibration));
    }

    private static string? StandardStreams(EncodeInput input, string output, GroupPlace place)
    {
        if (place.Peers is null)
            return null;
        if (input.File == Console)
            return "several processes read the texts: give a file, not standard input, or --workers 1";
        return output == Console ? "several processes write to a file: give --output, or --workers 1" : null;
    }
}
