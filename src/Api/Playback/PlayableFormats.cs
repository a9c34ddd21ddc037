using System.Collections.Concurrent;
using System.Data.Common;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Recordings;

namespace Scalelite.Api.Playback;

/// <summary>
/// What may be played, as PostgreSQL said at most a second ago: what another instance unpublishes is closed here within that time, and what
/// this one does at once, by <see cref="Drop"/>. While PostgreSQL is away nothing older is used: a recording might have been unpublished.
/// Few reads run at a time, so that many strange ids take no connections from the meetings' calls.
/// </summary>
internal sealed class PlayableFormats(RecordingCatalog catalog, TimeProvider clock) : IDisposable
{
    private const int MostFormats = 10_000;
    private const int MostReads = 8;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string RecordId, string Format), Reading> readings = new();
    private readonly SemaphoreSlim turns = new(MostReads);

    /// <summary>The format, if it may be played by those whose it is; null if not.</summary>
    /// <exception cref="DbException">PostgreSQL is away.</exception>
    public async Task<PlayedFormat?> FindAsync(string recordId, string format, CancellationToken cancellation) =>
        // The read is shared, so one caller's leaving does not end it for the others.
        await Current((recordId, format)).Result.WaitAsync(cancellation) is { State: RecordingState.Published, Place: RecordingPlace.Published } found
            ? found
            : null;

    /// <summary>Forgets a recording that was just changed here; a read that is under way is not used by those who ask from now on.</summary>
    public void Drop(string recordId)
    {
        foreach (var (key, _) in readings)
        {
            if (key.RecordId == recordId) readings.TryRemove(key, out _);
        }
    }

    public void Dispose() => turns.Dispose();

    private Reading Current((string RecordId, string Format) key)
    {
        if (readings.TryGetValue(key, out var known) && clock.GetElapsedTime(known.BeganAt) < Fresh) return known;
        if (readings.Count >= MostFormats) Prune();
        var next = new Reading(this, key, clock.GetTimestamp());
        return readings.AddOrUpdate(
            key, static (_, state) => state.next, static (_, now, state) => now == state.known ? state.next : now, (known, next));
    }

    private async Task<PlayedFormat?> ReadAsync(Reading self)
    {
        await turns.WaitAsync();
        try
        {
            return await catalog.FindPlayedAsync(self.Key.RecordId, self.Key.Format, CancellationToken.None);
        }
        catch
        {
            readings.TryRemove(KeyValuePair.Create(self.Key, self));
            throw;
        }
        finally
        {
            turns.Release();
        }
    }

    private void Prune()
    {
        foreach (var (key, reading) in readings)
        {
            if (clock.GetElapsedTime(reading.BeganAt) >= Fresh) readings.TryRemove(KeyValuePair.Create(key, reading));
        }

        if (readings.Count >= MostFormats) readings.Clear();
    }

    /// <summary>A read that callers share, begun by the first who awaits it.</summary>
    private sealed class Reading(PlayableFormats formats, (string RecordId, string Format) key, long beganAt)
    {
        private readonly Lock gate = new();
        private Task<PlayedFormat?>? result;

        public (string RecordId, string Format) Key => key;

        public long BeganAt => beganAt;

        public Task<PlayedFormat?> Result
        {
            get
            {
                lock (gate) return result ??= formats.ReadAsync(this);
            }
        }
    }
}
