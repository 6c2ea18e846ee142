using System.Text.Encodings.Web;
using System.Text.Json;

namespace Distributed.Cli.Events;

/// <summary>How CLEF lines are written: one line, and letters of any language as they are.</summary>
internal static class ClefJson
{
    /// <summary>For a log that is read as JSON, never put into a page.</summary>
    public static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
