using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Distributed.Worker.Collectives;

/// <summary>The private folder (mode 0700) that holds a worker's Unix domain socket.</summary>
internal static class PeerSocketFolder
{
    private const string Prefix = "distributed-peer-";
    private const string SocketName = "s";
    private const int MaxPathBytes = 107; // sun_path, without its final zero

    /// <summary>A new folder under the system's temporary folder; folders that killed workers left are removed.</summary>
    /// <exception cref="IOException">The temporary folder's path leaves no room for a socket.</exception>
    public static DirectoryInfo Create()
    {
        RemoveAbandoned();
        var folder = Directory.CreateTempSubdirectory(Prefix);
        if (HasRoom(SocketPath(folder)))
            return folder;

        folder.Delete();
        throw TooLong(Path.GetTempPath());
    }

    /// <summary>The socket in a folder of <see cref="Create"/>.</summary>
    public static string SocketPath(DirectoryInfo folder) => Path.Combine(folder.FullName, SocketName);

    /// <summary>
    /// The socket of one of the processes that share a folder. Rank 0's has the name by which a folder is
    /// known to be abandoned: when it is gone, all are connected already, or about to end.
    /// </summary>
    /// <exception cref="IOException">The folder's path leaves no room for a socket.</exception>
    public static string SocketPath(DirectoryInfo folder, int rank)
    {
        string path = rank == 0 ? SocketPath(folder) : string.Create(CultureInfo.InvariantCulture, $"{SocketPath(folder)}{rank}");
        return HasRoom(path) ? path : throw TooLong(folder.FullName);
    }

    /// <summary>A socket's name until it listens: one that has the other name and refuses connections belongs to nobody.</summary>
    public static string Unready(string socketPath) => socketPath + "n";

    private static bool HasRoom(string socketPath) => Encoding.UTF8.GetByteCount(Unready(socketPath)) <= MaxPathBytes;

    private static IOException TooLong(string folder) =>
        new($"the temporary folder's path is too long for a Unix socket: {folder} (set TMPDIR to a shorter one)");

    /// <summary>Removes the folders of processes that were killed.</summary>
    public static void RemoveAbandoned()
    {
        foreach (var folder in new DirectoryInfo(Path.GetTempPath()).EnumerateDirectories(Prefix + "*"))
        {
            if (IsAbandoned(folder))
                Remove(folder);
        }
    }

    /// <summary>
    /// Removes a folder whose socket no longer listens. Another worker may be removing it too: from then on it is abandoned to whoever looks. What cannot be removed
    /// stays for the next.
    /// </summary>
    public static void Remove(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's, or it is gone already.
        }
    }

    /// <summary>A socket that refuses connections has no process any more, in whatever container it was.</summary>
    private static bool IsAbandoned(DirectoryInfo folder)
    {
        string path = SocketPath(folder);
        if (!File.Exists(path))
            return false;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Blocking = false;
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }
}
