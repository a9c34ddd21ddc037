using System.Globalization;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Placement;
using static Scalelite.Domain.Parameters.ParameterMerge;

namespace Scalelite.Domain.Parameters;

/// <summary>What the balancer itself gives a node with a create.</summary>
/// <param name="VoiceBridge">The allocated number; null leaves the client's.</param>
/// <param name="ServerTag">The tag of the chosen server; null where it is untagged.</param>
/// <param name="TenantId">Null without tenants.</param>
/// <param name="LrsPayload">Encrypted for the chosen node; null without an LRS.</param>
/// <param name="Callbacks">Callback metas (names without <c>meta_</c>, in lower case) and what the node gets in the
/// client's place, whether or not it sent one; null takes it away.</param>
/// <param name="MaxDuration">MAX_MEETING_DURATION in minutes; 0 for none.</param>
/// <param name="EndCallbackUrl">Where the node is to call when the meeting ends, whatever the client, a default or an override says; null leaves theirs.</param>
public sealed record CreateAdditions(
    string? VoiceBridge = null,
    string? ServerTag = null,
    string? TenantId = null,
    string? TenantName = null,
    string? LrsPayload = null,
    IReadOnlyDictionary<string, string?>? Callbacks = null,
    int MaxDuration = 0,
    string? EndCallbackUrl = null);

/// <summary>The parameters of a create, from what the client sent to what its node gets (Scalelite's steps, in its order).</summary>
public static class CreateParameters
{
    /// <summary>The tag that the meeting is placed by: tenant override, override, client, tenant default, default.</summary>
    public static TagRequest TagOf(IReadOnlyList<Parameter> client, ParameterSettings settings, ParameterSettings tenant)
    {
        var name = Parameter.OfMeta(ReservedMetadata.ServerTag, "").Name;
        var asked = new ParameterMerge(client)[name];
        return TagRequest.Resolve(tenant.Override(name), settings.Override(name), asked, tenant.Default(name), settings.Default(name));
    }

    /// <summary>What the node gets.</summary>
    /// <param name="client">All that the checksum covered, without the checksum.</param>
    /// <param name="settings">The operator's.</param>
    /// <param name="tenant">The tenant's; its exclusions are not used.</param>
    public static IReadOnlyList<Parameter> Build(
        IReadOnlyList<Parameter> client, ParameterSettings settings, ParameterSettings tenant, CreateAdditions additions)
    {
        var merge = new ParameterMerge(client);
        ReplaceCallbacks(merge, additions);
        merge.Settle(settings, tenant);
        LimitDuration(merge, additions.MaxDuration);
        SetReserved(merge, additions);
        return merge.ToList();
    }

    /// <summary>The metadata that these set: names without <c>meta_</c>, in lower case.</summary>
    public static IReadOnlyDictionary<string, string> MetadataOf(IEnumerable<Parameter> parameters)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in parameters)
            if (parameter.MetaName is { Length: > 0 } name)
                metadata.TryAdd(name, parameter.Value);
        return metadata;
    }

    private static void ReplaceCallbacks(ParameterMerge merge, CreateAdditions additions)
    {
        foreach (var (name, replacement) in additions.Callbacks ?? new Dictionary<string, string?>())
        {
            var meta = Parameter.OfMeta(name, replacement ?? "");
            if (replacement is null)
                merge.Remove(meta.Name);
            else
                merge.Set(meta);
        }
    }

    // A value that is no number counts as 0, which means unlimited at a node.
    private static void LimitDuration(ParameterMerge merge, int maximum)
    {
        if (maximum <= 0)
            return;
        var given = int.TryParse(merge[Names.Duration], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var minutes) ? minutes : 0;
        if (given <= 0 || given > maximum)
            merge.Set(new Parameter(Names.Duration, maximum.ToString(CultureInfo.InvariantCulture)));
    }

    private static void SetReserved(ParameterMerge merge, CreateAdditions additions)
    {
        merge.RemoveAll(parameter => parameter.IsMeta(ReservedMetadata.IsReserved));
        if (additions.VoiceBridge is { } number)
            merge.Set(new Parameter(Names.VoiceBridge, number));
        SetMeta(merge, ReservedMetadata.TenantId, additions.TenantId);
        SetMeta(merge, ReservedMetadata.TenantName, additions.TenantName);
        SetMeta(merge, ReservedMetadata.ServerTag, additions.ServerTag);
        SetMeta(merge, ReservedMetadata.LrsPayload, additions.LrsPayload);
        SetMeta(merge, CallbackMetadata.MeetingEnded, additions.EndCallbackUrl);
    }

    private static void SetMeta(ParameterMerge merge, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            merge.Set(Parameter.OfMeta(name, value));
    }
}
