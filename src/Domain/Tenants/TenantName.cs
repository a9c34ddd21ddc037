namespace Scalelite.Domain.Tenants;

/// <summary>What may name a tenant: a label of a host name.</summary>
public static class TenantName
{
    private const int Longest = 63;

    /// <summary>It may: lower-case letters, digits and hyphens, none at an end.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= Longest
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && name[0] != '-' && name[^1] != '-';

    /// <summary>The name that a host stands for: its first label, in lower case; null where that is none, or the host is an address.</summary>
    /// <param name="host">Without a port.</param>
    public static string? OfHost(string host)
    {
        if (Uri.CheckHostName(host) is not UriHostNameType.Dns) return null;
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        var label = (dot < 0 ? host : host[..dot]).ToLowerInvariant();
        return IsName(label) ? label : null;
    }

    /// <summary>Why it is no name, as a sentence; null where it is one.</summary>
    public static string? WhyNot(string name) => IsName(name)
        ? null
        : $"'{name}' is no name for a tenant: it is a label of a host name, up to {Longest} lower-case letters, digits and hyphens, with no hyphen at an end";
}
