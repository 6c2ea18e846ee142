using System.Text;
using Distributed.Jobs;

namespace Distributed.Hub.Cache;

/// <summary>
/// One model's part of the cache, laid out as Python's huggingface_hub does: `blobs` holds contents by their etag, `snapshots/COMMIT` a folder of links
/// to them, `refs` the commit of each branch and tag, `.no_exist/COMMIT` names that a commit is known to lack.
/// </summary>
internal sealed class RepositoryCache(string cacheFolder, string repository)
{
    private readonly string _name = $"models--{repository.Replace("/", "--", StringComparison.Ordinal)}";

    /// <summary>The model's folder.</summary>
    public string Root => Path.Combine(cacheFolder, _name);

    /// <summary>Folder of the contents.</summary>
    public string Blobs => Path.Combine(Root, "blobs");

    /// <summary>Folder of the files of a commit.</summary>
    public string Snapshot(string commit) => Path.Combine(Root, "snapshots", commit);

    /// <summary>A file of a commit.</summary>
    public string FileOf(string commit, string name) => Path.Combine(Snapshot(commit), name);

    /// <summary>A content.</summary>
    public string Blob(string etag) => Path.Combine(Blobs, etag);

    /// <summary>A content that has not arrived whole.</summary>
    public string Incomplete(string etag) => Path.Combine(Blobs, $"{etag}.incomplete");

    /// <summary>The file that whoever fetches a content holds locked.</summary>
    public string Lock(string etag) => Path.Combine(cacheFolder, ".locks", _name, $"{etag}.lock");

    /// <summary>The commit of a branch or tag when it was last asked for; null: it never was.</summary>
    public string? ReadRef(string revision)
    {
        var path = Path.Combine(Root, "refs", revision);
        return File.Exists(path) && File.ReadAllText(path).Trim() is var commit && HubId.IsCommitHash(commit) ? commit : null;
    }

    /// <summary>Notes the commit of a branch or tag.</summary>
    public void WriteRef(string revision, string commit)
    {
        if (revision == commit || ReadRef(revision) == commit)
            return;
        var path = Path.Combine(Root, "refs", revision);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Write(path, Encoding.ASCII.GetBytes(commit));
    }

    /// <summary>Whether a commit is known to lack a file.</summary>
    public bool Lacks(string commit, string name) => File.Exists(AbsenceOf(commit, name));

    /// <summary>Notes that a commit lacks a file.</summary>
    public void NoteAbsence(string commit, string name)
    {
        var path = AbsenceOf(commit, name);
        if (File.Exists(path))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);
    }

    /// <summary>Makes the folders for contents; tells backup programs that the cache is one.</summary>
    public void Create()
    {
        Directory.CreateDirectory(Blobs);
        var tag = Path.Combine(cacheFolder, "CACHEDIR.TAG");
        if (!File.Exists(tag))
            Write(tag, "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of models.\n"u8);
    }

    // Several processes may write the same at once: each writes aside under a name of its own.
    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        var aside = $"{path}.{Guid.NewGuid():N}.tmp";
        File.WriteAllBytes(aside, content);
        File.Move(aside, path, overwrite: true);
    }

    private string AbsenceOf(string commit, string name) => Path.Combine(Root, ".no_exist", commit, name);
}
