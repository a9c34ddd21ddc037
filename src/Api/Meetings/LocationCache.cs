using System.Collections.Concurrent;
using System.Data.Common;
using Scalelite.Projections.Meetings;

namespace Scalelite.Api.Meetings;

/// <summary>
/// Where meetings are, as read or written by this process at most a second ago: what an operator does to a server is seen within that
/// time, however busy its meetings are. Only while PostgreSQL is away may an older location be used, so that people still get into
/// the meetings that run.
/// </summary>
internal sealed class LocationCache(MeetingLocations locations, TimeProvider clock)
{
    private const int MostLocations = 100_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(string TenantId, string MeetingId), Entry> entries = new();
    private readonly ConcurrentDictionary<(string TenantId, string MeetingId), Reading> reading = new();

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
        var shared = reading.GetOrAdd(key, static (key, cache) => new Reading(cache, key), this);
        try
        {
            return await shared.Result.WaitAsync(cancellation);
        }
        catch (Exception away) when (away is DbException or TimeoutException && entries.TryGetValue(key, out var entry))
        {
            return entry.Location;
        }
    }

    /// <summary>The node has just taken the meeting there; a read that is under way may not know it yet and is not kept.</summary>
    public void Keep(MeetingLocation location)
    {
        var key = (location.TenantId, location.MeetingId);
        reading.TryRemove(key, out _);
        Store(key, new Entry(location, clock.GetTimestamp()));
    }

    /// <summary>The location is no longer to be relied on, nor is what a read that is under way finds.</summary>
    public void Drop(string tenantId, string meetingId)
    {
        reading.TryRemove((tenantId, meetingId), out _);
        entries.TryRemove((tenantId, meetingId), out _);
    }

    private async Task<MeetingLocation?> FetchAsync((string TenantId, string MeetingId) key, Reading self)
    {
        try
        {
            // PostgreSQL's text has no NUL, so no meeting has either.
            var began = clock.GetTimestamp();
            var location = key.MeetingId.Contains('\0', StringComparison.Ordinal)
                ? null
                : await locations.FindAsync(key.TenantId, key.MeetingId, CancellationToken.None);
            if (!reading.TryGetValue(key, out var current) || current != self)
            {
                return location;
            }

            if (location is null)
            {
                entries.TryRemove(key, out _);
                return null;
            }

            var entry = new Entry(location, began);
            Store(key, entry);
            if (!reading.TryRemove(KeyValuePair.Create(key, self)))
            {
                entries.TryRemove(KeyValuePair.Create(key, entry));
            }

            return location;
        }
        finally
        {
            reading.TryRemove(KeyValuePair.Create(key, self));
        }
    }

    private void Store((string TenantId, string MeetingId) key, Entry entry)
    {
        if (entries.Count >= MostLocations)
        {
            Prune();
        }

        entries[key] = entry;
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

    /// <summary>A read that callers share, begun by the first who awaits it.</summary>
    private sealed class Reading(LocationCache cache, (string TenantId, string MeetingId) key)
    {
        private readonly Lock gate = new();
        private Task<MeetingLocation?>? result;

        public Task<MeetingLocation?> Result
        {
            get
            {
                lock (gate)
                {
                    return result ??= cache.FetchAsync(key, this);
                }
            }
        }
    }
}
