using System.Net;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Callbacks;

/// <summary>The addresses of a name, as the resolver gives them.</summary>
public delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken cancellation);

/// <summary>
/// Which addresses callbacks may go to: clients choose the URLs, so they must not lead to this machine, to a cloud's metadata, to the
/// database or to the nodes (<c>pitfalls.md B7</c>). CALLBACK_ALLOW lists exceptions.
/// </summary>
internal sealed class CallbackPolicy
{
    private readonly OwnAddresses _own;
    private readonly bool _deniesPrivate;
    private readonly List<IPNetwork> _allowedNetworks = [];
    private readonly HashSet<string> _allowedHosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _allowedDomains = [];

    public CallbackPolicy(OwnAddresses own, Settings settings)
    {
        (_own, _deniesPrivate) = (own, settings.Callbacks.DenyPrivate);
        foreach (var allowed in settings.Callbacks.Allowed.Select(a => a.Trim()).Where(a => a.Length > 0))
        {
            if (IPAddress.TryParse(allowed, out var address)) _allowedNetworks.Add(new IPNetwork(address, 8 * address.GetAddressBytes().Length));
            else if (IPNetwork.TryParse(allowed, out var network)) _allowedNetworks.Add(network);
            else if (allowed.StartsWith("*.", StringComparison.Ordinal)) _allowedDomains.Add(allowed[1..]);
            else _allowedHosts.Add(allowed);
        }
    }

    /// <summary>The addresses of a host that may be called, as it was resolved.</summary>
    /// <exception cref="CallbackDeniedException">None of them.</exception>
    public async Task<IReadOnlyList<IPAddress>> AdmitAsync(string host, IReadOnlyList<IPAddress> addresses, CancellationToken cancellation)
    {
        if (IsAllowed(host)) return addresses;
        var own = await _own.ReadAsync(cancellation);
        var admitted = addresses.Where(address => WhyNot(address, own) is null).ToList();
        return admitted.Count > 0 || addresses.Count == 0
            ? admitted
            : throw new CallbackDeniedException($"{host} is {addresses[0]}, {WhyNot(addresses[0], own)}, and is not called");
    }

    private bool IsAllowed(string host) =>
        _allowedHosts.Contains(host) || _allowedDomains.Exists(domain => host.EndsWith(domain, StringComparison.OrdinalIgnoreCase));

    private string? WhyNot(IPAddress address, IReadOnlyDictionary<IPAddress, string> own)
    {
        var meant = AddressRanges.Meant(address);
        if (_allowedNetworks.Exists(network => network.Contains(meant))) return null;
        return AddressRanges.RangeOf(meant) switch
        {
            AddressRange.Loopback => "which is this machine",
            AddressRange.LinkLocal => "which is link-local",
            AddressRange.Metadata => "which is a cloud's metadata",
            AddressRange.Nobody => "which is no single machine",
            AddressRange.Private when _deniesPrivate => "which is private",
            _ => own.TryGetValue(meant, out var whose) ? $"which is {whose}" : null,
        };
    }
}
