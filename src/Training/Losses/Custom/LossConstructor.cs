using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;

namespace Distributed.Training.Losses.Custom;

/// <summary>The public constructor of a loss, whose parameters are numbers that a job gives by name.</summary>
internal sealed class LossConstructor
{
    private readonly ConstructorInfo _constructor;
    private readonly ImmutableArray<ParameterInfo> _parameters;
    private readonly string _type;

    private LossConstructor(ConstructorInfo constructor) =>
        (_constructor, _parameters, _type) = (constructor, [.. constructor.GetParameters()], constructor.DeclaringType!.FullName!);

    /// <exception cref="LossException">There is none, or more than one, or it takes more than numbers.</exception>
    public static LossConstructor Of(Type type)
    {
        if (type.GetConstructors() is not [var constructor])
            throw new LossException($"{type.FullName} needs exactly one public constructor; it has {type.GetConstructors().Length}");
        if (constructor.GetParameters().FirstOrDefault(parameter => !IsNumber(parameter.ParameterType)) is { } other)
            throw new LossException($"{type.FullName}: the constructor's parameter {other.Name} is a {other.ParameterType.Name}; settings are double, float, int or bool");
        return new LossConstructor(constructor);
    }

    /// <summary>Arguments in the constructor's order; a parameter that is not set has its default.</summary>
    /// <exception cref="LossException">A setting is unknown, missing, or does not fit its parameter.</exception>
    public object[] Arguments(ImmutableSortedDictionary<string, double> settings)
    {
        if (settings.Keys.FirstOrDefault(key => !_parameters.Any(parameter => IsNamed(parameter, key))) is { } unknown)
            throw new LossException($"{_type} has no setting {unknown}; {Known()}");
        return [.. _parameters.Select(parameter => Argument(parameter, settings))];
    }

    public IEmbeddingLoss Invoke(object[] arguments) => (IEmbeddingLoss)_constructor.Invoke(arguments);

    private object Argument(ParameterInfo parameter, ImmutableSortedDictionary<string, double> settings)
    {
        if (settings.Keys.FirstOrDefault(key => IsNamed(parameter, key)) is not { } name)
            return parameter.HasDefaultValue ? parameter.DefaultValue! : throw new LossException($"{_type} needs the setting {NameOf(parameter)}; {Known()}");
        var value = settings[name];
        return Type.GetTypeCode(parameter.ParameterType) switch
        {
            TypeCode.Double => value,
            TypeCode.Single => (float)value,
            TypeCode.Int32 when value == Math.Truncate(value) && value is >= int.MinValue and <= int.MaxValue => (int)value,
            TypeCode.Boolean when value is 0 or 1 => value == 1,
            TypeCode.Int32 => throw new LossException(FormattableString.Invariant($"{_type}: the setting {name} is {value}; expected a whole number")),
            _ => throw new LossException(FormattableString.Invariant($"{_type}: the setting {name} is {value}; expected 1 (yes) or 0 (no)")),
        };
    }

    private string Known() => _parameters.IsEmpty ? "it has none" : $"it has {string.Join(", ", _parameters.Select(NameOf))}";

    // A job file says soft_margin, C# softMargin.
    private static bool IsNamed(ParameterInfo parameter, string key) =>
        string.Equals(parameter.Name, key.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    private static string NameOf(ParameterInfo parameter) => JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Name!);

    private static bool IsNumber(Type type) => Type.GetTypeCode(type) is TypeCode.Double or TypeCode.Single or TypeCode.Int32 or TypeCode.Boolean && !type.IsEnum;
}
