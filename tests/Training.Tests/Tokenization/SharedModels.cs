using Distributed.Testing;

namespace Distributed.Training.Tests.Tokenization;

/// <summary>Published models, which are too large for the repository: in shared/models beside it or beside one of the folders above.</summary>
internal static class SharedModels
{
    /// <summary>The folder, null if there is none.</summary>
    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(ReferenceData.Folder); folder is not null; folder = folder.Parent)
        {
            var models = Path.Combine(folder.FullName, "shared", "models");
            if (Directory.Exists(models))
                return models;
        }

        return null;
    }
}
