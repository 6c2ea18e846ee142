using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Distributed.Cli.Events;

/// <summary>How CLEF lines are written: one line, letters of any language as they are, numbers that are not finite as text.</summary>
internal static class ClefJson
{
    /// <summary>For a log that is read as JSON, never put into a page.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
}
