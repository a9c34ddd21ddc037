using System.Globalization;
using System.Net;
using Scalelite.Domain.Callbacks;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>Where and for whom the process listens.</summary>
internal static class HttpConfiguration
{
    public static readonly Setting<int> Port = SettingKinds.Integer("PORT", 3000, 0, 65_535, "The TCP port to listen on; 0 takes a free one.");

    public static readonly Setting<string?> Bind = SettingKinds.Optional<string>(
        "BIND", "an address, `tcp://address:port` or `unix:///path`",
        "The address to listen on, all of them where it is not set. With a port or a path it replaces PORT.", "tcp://127.0.0.1:3000", text => Listen(text));

    public static readonly Setting<string?> Host = SettingKinds.Optional<string>(
        "URL_HOST", "a host name, without `https://` and port",
        "The host name that clients use. Calls to another one are refused, but for /health_check; where it is not set every name is accepted.",
        "bbb.example.org", text => Uri.CheckHostName(text) is UriHostNameType.Unknown ? Parsed<string?>.Wrong() : text.ToLowerInvariant());

    public static readonly Setting<string?> PublicUrl = SettingKinds.Optional<string>(
        "PUBLIC_URL", "an http(s) URL without a query",
        "Where nodes reach us, for the calls that they make about meetings. Where it is not set it is `https://` and URL_HOST, else what the create was sent to.",
        "https://bbb.example.org", text => PublicAddress(text), "Http:PublicUrl");

    public static readonly Setting<IReadOnlyList<IPNetwork>> TrustedProxies = SettingKinds.List<IPNetwork>(
        "TRUSTED_PROXIES", "addresses and networks (`10.0.0.0/8`), separated by `,`",
        "Whose X-Forwarded-For, -Proto and -Host headers are believed. Nobody's where it is not set.", "127.0.0.1,10.0.0.0/8", text => Networks(text),
        "Http:TrustedProxies");

    public static readonly Setting<string?> MetricsToken = SettingKinds.Optional<string>(
        "METRICS_TOKEN", "a text without spaces of 16 characters or more",
        "The bearer token with which Prometheus reads /metrics. There are no metrics to be read until it is set.", "3f1c9a5e7b2d4860",
        text => text.Length < 16 ? Parsed<string?>.Wrong("it is too short") : SecurityConfiguration.WithoutSpaces(text), "Http:MetricsToken", isSecret: true);

    public static IReadOnlyList<Setting> All => [Port, Bind, Host, PublicUrl, TrustedProxies, MetricsToken];

    public static HttpSettings Read(SettingsReader reader)
    {
        var port = reader.Read(Port).ToString(CultureInfo.InvariantCulture);
        var bind = reader.Read(Bind) ?? "http://0.0.0.0:{port}";
        return new HttpSettings
        {
            Listen = bind.Replace("{port}", port, StringComparison.Ordinal),
            Host = reader.Read(Host),
            PublicUrl = reader.Read(PublicUrl),
            TrustedProxies = reader.Read(TrustedProxies),
            MetricsToken = reader.Read(MetricsToken),
        };
    }

    private static Parsed<string?> PublicAddress(string text) =>
        CallbackUrl.Read(text) is { Query: "", Fragment: "", UserInfo: "" } url ? url.AbsoluteUri.TrimEnd('/') : Parsed<string?>.Wrong();

    private static Parsed<string?> Listen(string text)
    {
        if (text.StartsWith("unix://", StringComparison.Ordinal))
        {
            var path = text["unix://".Length..];
            return path.StartsWith('/') && path.Length > 1 ? $"http://unix:{path}" : Parsed<string?>.Wrong("the path must be a whole one");
        }

        var rest = text.StartsWith("tcp://", StringComparison.Ordinal) ? text["tcp://".Length..] : text;
        if (IPAddress.TryParse(rest, out var address)) return Address(address, "{port}");
        return IPEndPoint.TryParse(rest, out var endPoint) ? Address(endPoint.Address, endPoint.Port.ToString(CultureInfo.InvariantCulture))
            : rest.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? "http://localhost:{port}"
            : Parsed<string?>.Wrong();
    }

    private static string Address(IPAddress address, string port) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"http://[{address}]:{port}" : $"http://{address}:{port}";

    private static Parsed<IReadOnlyList<IPNetwork>> Networks(string text)
    {
        var networks = new List<IPNetwork>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (IPNetwork.TryParse(part, out var network)) networks.Add(network);
            else if (IPAddress.TryParse(part, out var address)) networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else return Parsed<IReadOnlyList<IPNetwork>>.Wrong($"'{part}' is neither");
        }

        return networks;
    }
}
