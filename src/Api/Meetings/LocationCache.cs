using System.Collections.Concurrent;
using System.Data.Common;
using Scalelite.Projections.Meetings;

namespace Scalelite.Api.Meetings;

/// <summary>
/// Where meetings are, as read at most a second ago, or as confirmed by their node within that time. Only while PostgreSQL is away
/// may an older location be used, so that people still get into the meetings that run.
/// </summary>
internal sealed class LocationCache(MeetingLocations locations, TimeProvider clock)
{
    private const int MostLocations = 100_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(string TenantId, string MeetingId), Entry> entries = new();
    private readonly ConcurrentDictionary<(string TenantId, string MeetingId), Lazy<Task<MeetingLocation?>>> reading = new();

    /// <summary>Where the meeting is, or null.</summary>
    /// <exception cref="DbException">PostgreSQL is away and the meeting is not known here.</exception>
    public ValueTask<MeetingLocation?> FindAsync(string tenantId, string meetingId, CancellationToken cancellation) =>
        entries.TryGetValue((tenantId, meetingId), out var entry) && clock.GetElapsedTime(entry.ReadAt) < Fresh
            ? new(entry.Location)
            : new(ReadAsync(tenantId, meetingId, cancellation));

    /// <summary>Where the meeting is, if that is known here and fresh; never asks PostgreSQL.</summary>
    public MeetingLocation? TryGet(string tenantId, string meetingId) =>
        entries.TryGetValue((tenantId, meetingId), out var entry) && clock.GetElapsedTime(entry.ReadAt) < Fresh ? entry.Location : null;

    /// <summary>Where the meeting is by PostgreSQL now, or null; callers at the same time share the read.</summary>
    /// <exception cref="DbException">PostgreSQL is away and the meeting is not known here.</exception>
    public async Task<MeetingLocation?> ReadAsync(string tenantId, string meetingId, CancellationToken cancellation)
    {
        var key = (tenantId, meetingId);
        // The read is shared, so one caller's leaving does not end it for the others.
        var shared = reading.GetOrAdd(key, _ => new Lazy<Task<MeetingLocation?>>(() => FetchAsync(tenantId, meetingId)));
        try
        {
            return await shared.Value.WaitAsync(cancellation);
        }
        catch (Exception away) when (away is DbException or TimeoutException && entries.TryGetValue(key, out var entry))
        {
            return entry.Location;
        }
    }

    /// <summary>The location was just written by this process, or its node answered for the meeting.</summary>
    public void Confirm(MeetingLocation location)
    {
        if (entries.Count >= MostLocations)
        {
            Prune();
        }

        entries[(location.TenantId, location.MeetingId)] = new Entry(location, clock.GetTimestamp());
    }

    /// <summary>The location is no longer to be relied on.</summary>
    public void Drop(string tenantId, string meetingId) => entries.TryRemove((tenantId, meetingId), out _);

    private async Task<MeetingLocation?> FetchAsync(string tenantId, string meetingId)
    {
        try
        {
            var location = await locations.FindAsync(tenantId, meetingId, CancellationToken.None);
            if (location is null)
            {
                Drop(tenantId, meetingId);
            }
            else
            {
                Confirm(location);
            }

            return location;
        }
        finally
        {
            reading.TryRemove((tenantId, meetingId), out _);
        }
    }

    private void Prune()
    {
        foreach (var (key, entry) in entries)
        {
            if (clock.GetElapsedTime(entry.ReadAt) > Forgotten)
            {
                entries.TryRemove(key, out _);
            }
        }

        if (entries.Count >= MostLocations)
        {
            entries.Clear();
        }
    }

    private sealed record Entry(MeetingLocation Location, long ReadAt);
}
