using System.Collections.Immutable;

namespace Distributed.Jobs.Yaml;

/// <summary>A part of a job file that remembers where it stands.</summary>
/// <param name="Line">Line from 1.</param>
internal abstract record YamlNode(int Line)
{
    /// <summary>What the node is, for messages: "a list", "text" …</summary>
    public abstract string Kind { get; }
}

/// <summary>A single value.</summary>
/// <param name="Line">Line from 1.</param>
/// <param name="Value">The text, without quotes.</param>
/// <param name="IsQuoted">Whether it stood in quotes or in a block, so that it is text whatever it looks like.</param>
internal sealed record YamlScalar(int Line, string Value, bool IsQuoted) : YamlNode(Line)
{
    /// <summary>Whether nothing is given: an empty value, `~` or `null`.</summary>
    public bool IsNull => !IsQuoted && Value is "" or "~" or "null" or "Null" or "NULL";

    /// <inheritdoc/>
    public override string Kind => IsNull ? "nothing" : $"'{Shorten(Value)}'";

    private static string Shorten(string value) => value.Length <= 40 ? value : string.Concat(value.AsSpan(0, 40), "…");
}

/// <summary>A list.</summary>
/// <param name="Line">Line from 1.</param>
/// <param name="Items">Its items.</param>
internal sealed record YamlList(int Line, ImmutableArray<YamlNode> Items) : YamlNode(Line)
{
    /// <inheritdoc/>
    public override string Kind => "a list";
}

/// <summary>Keys with values, in file order; no key occurs twice.</summary>
/// <param name="Line">Line from 1.</param>
/// <param name="Entries">The entries.</param>
internal sealed record YamlMapping(int Line, ImmutableArray<YamlEntry> Entries) : YamlNode(Line)
{
    /// <inheritdoc/>
    public override string Kind => "a section";
}

/// <summary>A key and its value.</summary>
/// <param name="Line">Line of the key, from 1.</param>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
internal readonly record struct YamlEntry(int Line, string Key, YamlNode Value);
