namespace Scalelite.EventLog;

/// <summary>How a <see cref="PrivateCluster"/> runs.</summary>
public sealed record PrivateClusterOptions
{
    /// <summary>False trades safety at a power cut for speed (<c>fsync=off</c>): for tests. A killed process loses nothing either way.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>The folder is removed when the cluster is disposed or its program dies.</summary>
    public bool Temporary { get; init; }

    /// <summary>Listens on 127.0.0.1 at this port too; 0 takes a free one. Null: on a socket in its folder alone, which only its owner and root can open.</summary>
    public int? Port { get; init; }

    /// <summary>May install PostgreSQL by apt-get, as root on Debian and Ubuntu, after saying so.</summary>
    public bool MayInstall { get; init; } = true;

    /// <summary><c>max_connections</c>.</summary>
    public int MaxConnections { get; init; } = 300;

    /// <summary>Further lines of <c>postgresql.conf</c>: name and value.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
