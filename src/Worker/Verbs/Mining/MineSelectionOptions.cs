using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Distributed.Jobs.Losses;
using Distributed.Training.Mining;

namespace Distributed.Worker.Verbs.Mining;

/// <summary>The options of `mine` that say which candidates become negatives.</summary>
internal sealed class MineSelectionOptions
{
    private const int DeepestRank = 10_000;
    private const double NoMargin = double.NegativeInfinity;

    private static readonly MiningOptions Default = new();

    private readonly Option<int?> _negatives = VerbOptions.Positive("--negatives", $"Negatives of a pair; default {Default.Negatives}.", DeepestRank);
    private readonly Option<int?> _rankMin = VerbOptions.Positive("--rank-min", $"First rank that is considered, 1 being the most similar candidate; default {Default.RankMin}.", DeepestRank);
    private readonly Option<int?> _rankMax = VerbOptions.Positive("--rank-max", $"Last rank that is considered; default {Default.RankMax}.", DeepestRank);
    private readonly Option<double?> _margin = new("--margin")
    {
        Description = "How much less similar than the positive a negative has to be; default 0: less similar. Or none: it may be more similar.",
        HelpName = "X|none",
        CustomParser = argument => argument.Tokens is [{ Value: "none" }] ? NoMargin : VerbOptions.Number(argument, "--margin", 0, double.MaxValue),
    };
    private readonly Option<double?> _relativeMargin = VerbOptions.Number("--relative-margin", "The same as a share of the positive's similarity, such as 0.05; with --margin too the stricter counts.", 0, 1);
    private readonly Option<double?> _maxScore = VerbOptions.Number("--max-score", "Most similarity of a negative.", double.MinValue, double.MaxValue);
    private readonly Option<double?> _minScore = VerbOptions.Number("--min-score", "Least similarity of a negative.", double.MinValue, double.MaxValue);
    private readonly Option<NegativeSampling> _sampling = VerbOptions.Choice(
        "--sampling", "Of the candidates that fit: the most similar, or any.", ("top", NegativeSampling.Top), ("random", NegativeSampling.Random));
    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Names the draws of --sampling random.", HelpName = "N", DefaultValueFactory = _ => Default.Seed, CustomParser = Seed,
    };
    private readonly Option<Similarity> _similarity = VerbOptions.Choice("--similarity", "Similarity of two embeddings.", ("cosine", Similarity.Cosine), ("dot", Similarity.Dot));

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_negatives, _rankMin, _rankMax, _margin, _relativeMargin, _maxScore, _minScore, _sampling, _seed, _similarity])
            command.Options.Add(option);
    }

    /// <summary>What they say.</summary>
    public MiningOptions Options(ParseResult arguments) => new()
    {
        Negatives = arguments.GetValue(_negatives) ?? Default.Negatives,
        RankMin = arguments.GetValue(_rankMin) ?? Default.RankMin,
        RankMax = arguments.GetValue(_rankMax) ?? Default.RankMax,
        Margin = arguments.GetValue(_margin) switch
        {
            NoMargin => null,
            null when arguments.GetValue(_relativeMargin) is null => Default.Margin,
            var margin => margin,
        },
        RelativeMargin = arguments.GetValue(_relativeMargin),
        MaxScore = arguments.GetValue(_maxScore),
        MinScore = arguments.GetValue(_minScore),
        Sampling = arguments.GetValue(_sampling),
        Seed = arguments.GetValue(_seed),
        Similarity = arguments.GetValue(_similarity),
    };

    /// <summary>What contradicts each other; null: nothing.</summary>
    public string? Conflict(ParseResult arguments)
    {
        var options = Options(arguments);
        var places = options.RankMax - options.RankMin + 1;
        if (places < 1)
            return $"--rank-min {options.RankMin} is beyond --rank-max {options.RankMax}";
        if (options.Negatives > places)
            return $"--negatives {options.Negatives}: ranks {options.RankMin} to {options.RankMax} hold only {places} candidates";
        return options.MinScore > options.MaxScore
            ? string.Create(CultureInfo.InvariantCulture, $"--min-score {options.MinScore} is above --max-score {options.MaxScore}")
            : null;
    }

    private static int Seed(ArgumentResult argument)
    {
        if (int.TryParse(argument.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seed) && seed >= 0)
            return seed;
        argument.AddError($"--seed {argument.Tokens[0].Value}: expected a whole number from 0 to {int.MaxValue}.");
        return 0;
    }
}
