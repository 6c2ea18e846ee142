using System.Text.Json.Serialization;

namespace Distributed.Jobs;

/// <summary>What stands in front of texts: a text of the job's own, or one of the model's prompts by its name. Exactly one of the two is set.</summary>
public sealed record PromptOptions
{
    /// <summary>The text, with the space that may end it; empty for none. Null when <see cref="Name"/> is set.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>Name of one of the model's prompts. Null when <see cref="Text"/> is set.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }
}
