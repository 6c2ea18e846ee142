using System.Text.Json;
using Distributed.Training.Models;

namespace Distributed.Training.Tokenization.Files;

/// <summary>What the parts of a tokenizer.json need of JSON.</summary>
internal static class JsonSections
{
    extension(JsonFile section)
    {
        /// <summary>The objects of a list that must be there.</summary>
        /// <exception cref="ModelFormatException">There is no list, or one with other things.</exception>
        public IEnumerable<JsonFile> Objects(string key) => section.List(key).Select(element => element.ValueKind == JsonValueKind.Object
            ? new JsonFile(section.Path, element)
            : throw new ModelFormatException(section.Path, $"{key} has the entry {element.GetRawText().Cut()}, an object was expected"));

        /// <summary>A list that must be there.</summary>
        /// <exception cref="ModelFormatException">There is none.</exception>
        public IEnumerable<JsonElement> List(string key) => section.Value(key) is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray()
            : throw new ModelFormatException(section.Path, $"no list {key} in {section.Text("type") ?? "a section"}");

        /// <summary>A string that must be there.</summary>
        /// <exception cref="ModelFormatException">There is none.</exception>
        public string RequiredText(string key)
            => section.Text(key) ?? throw new ModelFormatException(section.Path, $"no {key} in {section.Text("type") ?? "a section"}");

        /// <summary>The first section of a type, this one or one in its sequences; null if there is none.</summary>
        public JsonFile? FindType(string type)
        {
            if (section.Text("type") == type)
                return section;
            string[] lists = ["normalizers", "pretokenizers", "processors"];
            return lists.Where(key => section.Value(key) is { ValueKind: JsonValueKind.Array })
                .SelectMany(section.Objects)
                .Select(inner => inner.FindType(type))
                .FirstOrDefault(found => found is not null);
        }
    }

    extension(string text)
    {
        /// <summary>The start of a text, for a message of one line.</summary>
        public string Cut()
        {
            const int Longest = 60;
            var line = text.ReplaceLineEndings(" ");
            return line.Length <= Longest ? line : $"{line.AsSpan(0, Longest)}…";
        }
    }
}
