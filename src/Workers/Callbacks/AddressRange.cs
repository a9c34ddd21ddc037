using System.Net;
using System.Net.Sockets;

namespace Scalelite.Workers.Callbacks;

/// <summary>What an address is, as far as it matters to who may be called (<c>pitfalls.md B7</c>).</summary>
internal enum AddressRange
{
    /// <summary>Anybody's.</summary>
    Public,

    /// <summary>Of a private network: most LMSs on premises live there.</summary>
    Private,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>The link that this machine is on; the services of most clouds for their machines are there.</summary>
    LinkLocal,

    /// <summary>A cloud's service that tells a machine its credentials.</summary>
    Metadata,

    /// <summary>No single machine: unspecified, multicast, broadcast, reserved.</summary>
    Nobody,
}

/// <summary>Tells what an address is.</summary>
internal static class AddressRanges
{
    private static readonly (IPNetwork Network, AddressRange Range)[] Known =
    [
        .. Of(AddressRange.Metadata, "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "fd00:ec2::/32", "fd20:ce::254/128"),
        .. Of(AddressRange.Loopback, "127.0.0.0/8", "::1/128"),
        .. Of(AddressRange.LinkLocal, "169.254.0.0/16", "fe80::/10"),
        .. Of(AddressRange.Nobody, "0.0.0.0/8", "192.0.0.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/128", "ff00::/8", "100::/64", "2001::/32", "64:ff9b:1::/48"),
        .. Of(AddressRange.Private, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15", "fc00::/7", "fec0::/10"),
    ];

    /// <summary>What an address is; one of IPv6 that stands for one of IPv4 is what that is.</summary>
    public static AddressRange RangeOf(IPAddress address)
    {
        var meant = Meant(address);
        foreach (var (network, range) in Known)
        {
            if (network.Contains(meant)) return range;
        }

        return AddressRange.Public;
    }

    /// <summary>The address of IPv4 that an address of IPv6 leads to (mapped, compatible, NAT64, 6to4); any other as it is.</summary>
    public static IPAddress Meant(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        var isCompatible = !bytes.AsSpan(0, 12).ContainsAnyExcept((byte)0) && bytes.AsSpan(12).ContainsAnyExcept((byte)0) && !IPAddress.IsLoopback(address);
        if (isCompatible || bytes.AsSpan(0, 12).SequenceEqual((ReadOnlySpan<byte>)[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0])) return new IPAddress(bytes.AsSpan(12));
        return bytes[0] == 0x20 && bytes[1] == 0x02 ? new IPAddress(bytes.AsSpan(2, 4)) : new IPAddress(bytes);
    }

    private static IEnumerable<(IPNetwork, AddressRange)> Of(AddressRange range, params string[] networks) =>
        networks.Select(network => (IPNetwork.Parse(network), range));
}
