using System.Globalization;
using Scalelite.Domain.Servers;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Scalelite.Api.CommandLine.Servers;

/// <summary>A server as a file names it.</summary>
/// <param name="Id">Null in the file of <c>servers add-all</c>.</param>
internal sealed record FileServer(string? Id, string Url, string Secret, bool Enabled, decimal LoadMultiplier, string? Tag);

/// <summary>A file that names servers cannot be used; the message says where and why.</summary>
internal sealed class PoolFileException(string message) : Exception(message);

/// <summary>
/// Scalelite's YAML of a pool: <c>servers: {ID: {url, secret, enabled, load_multiplier, tag}}</c>, and the list of
/// <c>{url, secret}</c> that <c>servers:addAll</c> takes. What is not known is refused, so that a slip of the pen changes no pool.
/// </summary>
internal static class PoolFile
{
    private static readonly string[] Known = ["url", "secret", "enabled", "load_multiplier", "tag"];

    // What servers yaml --verbose writes beside these.
    private static readonly string[] Ignored = ["state", "load", "bbb_version", "online"];

    /// <summary>Reads the file of <c>servers sync</c>.</summary>
    /// <exception cref="PoolFileException">It is not such a file.</exception>
    public static IReadOnlyList<FileServer> ReadPool(TextReader text)
    {
        if (Servers(text) is not YamlMappingNode servers)
            throw new PoolFileException("'servers' is to be a mapping of ids to parameters: servers: {node1.example.org: {secret: …}}");
        return [.. servers.Children.Select(pair => Server(Scalar(pair.Key, "A server's id"), pair.Value))];
    }

    /// <summary>Reads the file of <c>servers add-all</c>.</summary>
    /// <exception cref="PoolFileException">It is not such a file.</exception>
    public static IReadOnlyList<FileServer> ReadList(TextReader text)
    {
        if (Servers(text) is not YamlSequenceNode servers)
            throw new PoolFileException("'servers' is to be a list: servers: [{url: …, secret: …}]; a mapping of ids is what 'servers sync' takes");
        return [.. servers.Children.Select(server => Server(null, server))];
    }

    private static YamlNode Servers(TextReader text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(text);
        }
        catch (YamlException wrong)
        {
            throw new PoolFileException(string.Create(CultureInfo.InvariantCulture, $"Line {wrong.Start.Line}: {wrong.Message}"));
        }

        return stream.Documents.Count == 1
            && stream.Documents[0].RootNode is YamlMappingNode root
            && root.Children.TryGetValue(new YamlScalarNode("servers"), out var servers)
            ? servers
            : throw new PoolFileException("It is to be one YAML document with a key 'servers'");
    }

    private static FileServer Server(string? id, YamlNode node)
    {
        var name = id is null ? At("A server", node) : $"Server {id}";
        if (id is not null && !ServerAddress.IsId(id)) throw new PoolFileException($"{At(name, node)}: its id may have letters, digits, '.', '-' and '_' only");
        if (node is not YamlMappingNode mapping) throw new PoolFileException($"{At(name, node)}: it is to be a mapping with a secret");
        var values = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Children)
        {
            var parameter = Scalar(key, $"A parameter of {name}");
            if (Known.Contains(parameter)) values[parameter] = value;
            else if (!Ignored.Contains(parameter)) throw new PoolFileException($"{At(name, key)}: '{parameter}' is not known; there are {string.Join(", ", Known)}");
        }

        var secret = Text(values, "secret", name);
        if (string.IsNullOrWhiteSpace(secret)) throw new PoolFileException($"{At(name, node)}: it has no secret");
        var url = Text(values, "url", name) ?? (id is null ? null : $"https://{id}/bigbluebutton/api");
        if (url is null) throw new PoolFileException($"{At(name, node)}: it has no url");
        var address = ServerAddress.Normalize(url) ?? throw new PoolFileException($"{At(name, node)}: '{url}' is not a URL that starts with http:// or https://");
        var tag = Text(values, "tag", name);
        return new FileServer(id, address, secret, Enabled(values, name), Multiplier(values, name), string.IsNullOrWhiteSpace(tag) ? null : tag.Trim());
    }

    // The words of YAML 1.1, which is what Scalelite reads.
    private static bool Enabled(Dictionary<string, YamlNode> values, string name) => Text(values, "enabled", name)?.ToLowerInvariant() switch
    {
        null or "" or "true" or "yes" or "on" => true,
        "false" or "no" or "off" => false,
        var other => throw new PoolFileException($"{At(name, values["enabled"])}: enabled is true or false, not '{other}'"),
    };

    private static decimal Multiplier(Dictionary<string, YamlNode> values, string name) => Text(values, "load_multiplier", name) switch
    {
        null or "" => 1,
        var text when decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var multiplier) && multiplier > 0 => multiplier,
        var text => throw new PoolFileException($"{At(name, values["load_multiplier"])}: load_multiplier is a number greater than 0, not '{text}'"),
    };

    private static string? Text(Dictionary<string, YamlNode> values, string parameter, string name) =>
        !values.TryGetValue(parameter, out var node) ? null
        : node is YamlScalarNode { Style: ScalarStyle.Plain, Value: "~" or "null" or "Null" or "NULL" or "" } ? null
        : Scalar(node, $"{parameter} of {name}");

    private static string Scalar(YamlNode node, string what) =>
        node is YamlScalarNode scalar ? scalar.Value ?? "" : throw new PoolFileException($"{At(what, node)}: it is to be a single value");

    private static string At(string what, YamlNode node) => string.Create(CultureInfo.InvariantCulture, $"{what} (line {node.Start.Line})");
}
