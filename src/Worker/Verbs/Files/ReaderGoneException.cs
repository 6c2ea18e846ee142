namespace Distributed.Worker.Verbs.Files;

/// <summary>Nobody reads standard output any more, as after `| head -1`: there is no use in going on, and nothing to complain of.</summary>
internal sealed class ReaderGoneException() : IOException("standard output: its reader has gone");
