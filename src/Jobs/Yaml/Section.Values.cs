using System.Collections.Immutable;
using System.Globalization;

namespace Distributed.Jobs.Yaml;

// Numbers, flags and words.
internal sealed partial class Section
{
    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public int Int(string key, int @default, int min, int max = int.MaxValue) => OptionalInt(key, min, max) ?? @default;

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>; null where none is given.</summary>
    public int? OptionalInt(string key, int min, int max = int.MaxValue)
    {
        if (Find(key) is not { } value)
            return null;
        if (value is YamlScalar { IsQuoted: false } scalar
            && int.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max)
            return number;
        var range = max < int.MaxValue || IsWholeNumberAbove(value) ? $"from {min} to {max}" : $"of at least {min}";
        Report(value, key, $"expected a whole number {range}, found {value.Kind}");
        return null;
    }

    // Digits that are no Int32 are too many of them.
    private static bool IsWholeNumberAbove(YamlNode value) => value is YamlScalar { IsQuoted: false, Value: var text }
        && text.Length > 0 && text.All(char.IsAsciiDigit) && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary>A number in <paramref name="range"/>.</summary>
    public double Number(string key, double @default, NumberRange range) => OptionalNumber(key, range) ?? @default;

    /// <summary>A number in <paramref name="range"/>; null where none is given.</summary>
    public double? OptionalNumber(string key, NumberRange range) => Find(key) is { } value ? ReadNumber(value, key, range) : null;

    /// <summary>A number in <paramref name="range"/>, or null where the file says `none`.</summary>
    public double? NumberOrNone(string key, double? @default, NumberRange range) => Find(key) switch
    {
        null => @default,
        YamlScalar { Value: "none" } => null,
        { } value => ReadNumber(value, key, range),
    };

    /// <summary>A yes or no.</summary>
    public bool Flag(string key, bool @default) => OptionalFlag(key) ?? @default;

    /// <summary>A yes or no; null where none is given.</summary>
    public bool? OptionalFlag(string key)
    {
        switch (Find(key))
        {
            case null: return null;
            case YamlScalar { IsQuoted: false, Value: "true" or "yes" }: return true;
            case YamlScalar { IsQuoted: false, Value: "false" or "no" }: return false;
            case { } value:
                Report(value, key, $"expected true or false, found {value.Kind}");
                return null;
        }
    }

    /// <summary>One of several words.</summary>
    public T Choice<T>(string key, T @default, params ReadOnlySpan<(string Word, T Value)> choices) where T : struct =>
        OptionalChoice(key, choices) ?? @default;

    /// <summary>One of several words; null where none is given.</summary>
    public T? OptionalChoice<T>(string key, params ReadOnlySpan<(string Word, T Value)> choices) where T : struct
    {
        if (Find(key) is not { } value)
            return null;
        var words = new List<string>();
        foreach (var choice in choices)
        {
            if (value is YamlScalar scalar && scalar.Value == choice.Word)
                return choice.Value;
            words.Add(choice.Word);
        }
        Report(value, key, $"expected {string.Join(" or ", words)}, found {value.Kind}");
        return null;
    }

    /// <summary>One of several words, as it stands; null where none is given.</summary>
    public string? OptionalWord(string key, params ReadOnlySpan<string> words)
    {
        if (Find(key) is not { } value)
            return null;
        foreach (var word in words)
        {
            if (value is YamlScalar scalar && scalar.Value == word)
                return word;
        }
        Report(value, key, $"expected {string.Join(" or ", words)}, found {value.Kind}");
        return null;
    }

    /// <summary>One or several of some words, each a flag.</summary>
    public T Choices<T>(string key, T @default, params ReadOnlySpan<(string Word, T Value)> choices) where T : struct, Enum
    {
        if (Find(key) is not { } value)
            return @default;
        var words = choices.ToArray().ToDictionary(choice => choice.Word, choice => choice.Value);
        var flags = 0;
        foreach (var item in value is YamlList list ? list.Items : [value])
        {
            if (item is YamlScalar { Value: var word } && words.TryGetValue(word, out var flag))
                flags |= Convert.ToInt32(flag, CultureInfo.InvariantCulture);
            else
                Report(item, key, $"expected some of {string.Join(", ", words.Keys)}, found {item.Kind}");
        }
        return (T)Enum.ToObject(typeof(T), flags);
    }

    /// <summary>One number or a list of them; empty where none is given.</summary>
    public ImmutableArray<double> NumberList(string key, NumberRange range, bool isRequired)
    {
        if (Find(key) is not { } value)
        {
            if (isRequired)
                Missing(key);
            return [];
        }
        if (value is YamlList { Items.IsEmpty: true })
            Report(value, key, "expected a number or a list of numbers, found an empty list");
        return [.. (value is YamlList list ? list.Items : [value]).Select(item => ReadNumber(item, key, range)).OfType<double>()];
    }

    /// <summary>Numbers under names that the user chooses; empty where none are given.</summary>
    public ImmutableSortedDictionary<string, double> Numbers(string key)
    {
        if (Find(key) is not { } value)
            return ImmutableSortedDictionary<string, double>.Empty;
        if (value is YamlMapping mapping)
        {
            return mapping.Entries.Select(entry => (entry.Key, Value: ReadNumber(entry.Value, $"{key}.{entry.Key}", NumberRange.Any)))
                .Where(entry => entry.Value is not null).ToImmutableSortedDictionary(entry => entry.Key, entry => entry.Value!.Value, StringComparer.Ordinal);
        }
        Report(value, key, $"expected names with numbers below it, found {value.Kind}");
        return ImmutableSortedDictionary<string, double>.Empty;
    }

    private double? ReadNumber(YamlNode value, string key, NumberRange range)
    {
        if (value is YamlScalar { IsQuoted: false } scalar
            && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number) && range.Contains(number))
            return number;
        Report(value, key, $"expected a number {range.Description}, found {value.Kind}");
        return null;
    }
}
