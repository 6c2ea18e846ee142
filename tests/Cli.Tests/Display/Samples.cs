using System.Collections.Immutable;
using Distributed.Cli.Display;
using Distributed.Cli.Status;
using Spectre.Console;

namespace Distributed.Cli.Tests.Display;

/// <summary>A run to show, and a terminal without colours to show it on.</summary>
internal static class Samples
{
    public static readonly RunStatus Status = new()
    {
        Phase = "training",
        Epoch = 2,
        Step = 100,
        TotalSteps = 400,
        Loss = 1.23456,
        RowsPerSecond = 1234.5,
        Remaining = TimeSpan.FromSeconds(187),
        Generation = 3,
        Workers = 2,
        WantedWorkers = 2,
        PageUrl = "http://127.0.0.1:1234",
        Alarms = ["collapse [norm 0]"],
        Evaluations = [Scores(0, 0.0123, 0.0456)],
    };

    public static readonly RunSummary Summary = new()
    {
        End = RunEnd.Completed,
        Step = 400,
        TotalSteps = 400,
        Elapsed = TimeSpan.FromSeconds(247),
        Evaluations = [Scores(0, 0.0123, 0.0456), Scores(200, 0.4, 0.5), Scores(400, 0.5590, 0.7770)],
        OutputFolder = "/runs/x",
        ModelFolder = "/runs/x/model",
        Next = [new NextCommand("Embed texts", "distributed encode --model /runs/x/model")],
    };

    public static EvaluationScores Scores(long step, double ndcg, double recall)
        => new(step, ImmutableSortedDictionary<string, double>.Empty.Add("recall@10", recall).Add("ndcg@10", ndcg));

    public static IAnsiConsole Console(TextWriter writer, bool canMoveCursor = false)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = canMoveCursor ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = canMoveCursor ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 120;
        return console;
    }

    public static string[] Lines(string text) => [.. text.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)];
}
