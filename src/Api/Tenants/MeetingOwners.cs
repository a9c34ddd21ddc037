using System.Data.Common;
using Scalelite.Projections.Tenants;

namespace Scalelite.Api.Tenants;

/// <summary>
/// Whose the meetings are that nodes name: our location says it, else the metadata <c>tenant-id</c>, of a breakout its parent. Made anew for each
/// list that goes through all nodes.
/// </summary>
internal sealed class MeetingOwners
{
    private readonly Dictionary<(string ServerId, string MeetingId), string> byMeetingId = [];
    private readonly Dictionary<string, string> byInternalId = new(StringComparer.Ordinal);

    private MeetingOwners(IReadOnlyList<TenantMeeting> located)
    {
        foreach (var meeting in located)
        {
            byMeetingId[(meeting.ServerId, meeting.MeetingId)] = meeting.TenantId;
            if (meeting.InternalMeetingId is { } internalId) byInternalId[internalId] = meeting.TenantId;
        }
    }

    /// <summary>Reads the locations; while PostgreSQL is away there is only what the nodes say.</summary>
    public static async Task<MeetingOwners> ReadAsync(TenantMeetings meetings, CancellationToken cancellation)
    {
        try
        {
            return new MeetingOwners(await meetings.ListAsync(cancellation));
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            return new MeetingOwners([]);
        }
    }

    /// <summary>The tenants of one server's meetings, in their order; empty where it is nobody's.</summary>
    public IReadOnlyList<string> Of(string serverId, IReadOnlyList<OwnedMeeting> meetings)
    {
        var owners = new string[meetings.Count];
        for (var i = 0; i < owners.Length; i++) owners[i] = OwnerOf(serverId, meetings[i], meetings);
        return owners;
    }

    /// <summary>The tenant of the run with this internalMeetingID; null where it is not known.</summary>
    public string? OfRun(string internalMeetingId) => byInternalId.GetValueOrDefault(internalMeetingId);

    private string OwnerOf(string serverId, OwnedMeeting meeting, IReadOnlyList<OwnedMeeting> all) =>
        byMeetingId.TryGetValue((serverId, meeting.MeetingId), out var tenant) ? tenant
        : meeting.IsBreakout && ParentOf(meeting, all) is { } parent ? OwnerOf(serverId, parent, all)
        : meeting.MetadataTenantId ?? "";

    // A breakout has no breakouts.
    private static OwnedMeeting? ParentOf(OwnedMeeting breakout, IReadOnlyList<OwnedMeeting> all) => breakout.ParentMeetingId is { } id
        ? all.FirstOrDefault(m => !m.IsBreakout && (m.InternalMeetingId == id || m.MeetingId == id))
        : null;
}

/// <summary>What tells whose a meeting is.</summary>
internal sealed record OwnedMeeting(string MeetingId, string InternalMeetingId, bool IsBreakout, string? ParentMeetingId, string? MetadataTenantId);
