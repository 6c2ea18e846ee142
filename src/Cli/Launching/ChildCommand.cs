using System.Collections.Immutable;

namespace Distributed.Cli.Launching;

/// <summary>A program and what it is called with.</summary>
/// <param name="File">Full path of an executable file.</param>
/// <param name="Arguments">One entry an argument, unquoted.</param>
internal sealed record ChildCommand(string File, ImmutableArray<string> Arguments)
{
    /// <summary>The same program with more arguments at the end.</summary>
    public ChildCommand With(params ReadOnlySpan<string> more) => this with { Arguments = [.. Arguments, .. more] };
}
