using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>How nodes are called.</summary>
internal static class NodeConfiguration
{
    public static readonly Setting<TimeSpan> ConnectTimeout = SettingKinds.Seconds(
        "CONNECT_TIMEOUT", 5, 0.01, 60, "Until the connection to a node stands. A tenth of it, at least 0.2, for suspect and offline servers.");

    public static readonly Setting<TimeSpan> ResponseTimeout = SettingKinds.Seconds(
        "RESPONSE_TIMEOUT", 10, 0.01, 600,
        "The longest silence of a node in a call, not the whole call. A tenth of it, at least 0.5, for suspect and offline servers.");

    public static readonly Setting<int> Connections = SettingKinds.Integer(
        "NODE_CONNECTIONS", 32, 1, 1024, "Connections to one node at most, so that a dead one holds nothing that another needs.", "Nodes:Connections");

    public static readonly Setting<bool> ServerIdIsHostName = SettingKinds.Boolean(
        "SERVER_ID_IS_HOSTNAME", "A server that is added gets its host name as its id instead of a UUID.");

    public static IReadOnlyList<Setting> All => [ConnectTimeout, ResponseTimeout, Connections, ServerIdIsHostName];

    public static NodeSettings Read(SettingsReader reader) => new()
    {
        ConnectTimeout = reader.Read(ConnectTimeout),
        ResponseTimeout = reader.Read(ResponseTimeout),
        ConnectionsPerNode = reader.Read(Connections),
        ServerIdIsHostName = reader.Read(ServerIdIsHostName),
    };
}
