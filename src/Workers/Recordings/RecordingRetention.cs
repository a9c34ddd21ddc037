using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;
using Scalelite.Projections.Tenants;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Recordings;

/// <summary>A recording that has been kept as long as it is to be.</summary>
/// <param name="TenantId">Empty without tenants.</param>
/// <param name="EndedAt">The end of its meeting.</param>
/// <param name="Kept">How long its tenant, or RECORDING_RETENTION_DAYS, keeps recordings.</param>
public sealed record ExpiredRecording(string RecordId, string TenantId, string MeetingId, string Name, DateTimeOffset EndedAt, TimeSpan Kept)
{
    /// <summary>Why it is deleted, as the event says it.</summary>
    public string Why => string.Create(CultureInfo.InvariantCulture, $"kept for {Kept.TotalDays:0.##} days after the meeting's end");
}

/// <summary>Finds recordings whose time is over: that of their tenant, where it has one, else RECORDING_RETENTION_DAYS.</summary>
public sealed class RecordingRetention(
    NpgsqlDataSource database, TenantList tenants, RecordingOperations recordings, Settings settings, TimeProvider time)
{
    private const int Page = 500;

    // The last condition says what the index on end_time can use. A recording whose archive knew no end is kept.
    private const string Sql =
        """
        select c.record_id, c.tenant_id, c.meeting_id, c.name, c.end_time, o.kept
        from recording_catalog c
        left join unnest($2::text[], $3::bigint[], $4::bigint[]) as o (tenant_id, before, kept) on o.tenant_id = c.tenant_id
        where c.state <> 'deleted' and c.end_time > 0 and c.end_time < coalesce(o.before, $1) and c.end_time < $5
            and (c.end_time, c.record_id) > ($6, $7)
        order by c.end_time, c.record_id limit $8
        """;

    /// <summary>Those whose time is over now, the oldest first. None where nobody set a time.</summary>
    public async IAsyncEnumerable<ExpiredRecording> ExpiredAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var own = await tenants.RetentionAsync(cancellation);
        var general = settings.Recordings.Retention;
        if (general is null && own.Count == 0) yield break;

        var now = time.GetUtcNow();
        var tenantIds = own.Keys.ToArray();
        var keeps = own.Values.ToArray();
        var before = keeps.Select(kept => (now - kept).ToUnixTimeMilliseconds()).ToArray();
        var generalBefore = general is { } days ? (now - days).ToUnixTimeMilliseconds() : (long?)null;
        var latest = before.Append(generalBefore ?? long.MinValue).Max();
        var (endTime, recordId) = (long.MinValue, "");
        while (true)
        {
            var page = new List<ExpiredRecording>();
            await using (var command = database.CreateCommand(Sql))
            {
                command.Parameters.AddWithValue(NpgsqlTypes.NpgsqlDbType.Bigint, generalBefore ?? (object)DBNull.Value);
                command.Parameters.AddWithValue(tenantIds);
                command.Parameters.AddWithValue(before);
                command.Parameters.AddWithValue(keeps.Select(kept => kept.Ticks).ToArray());
                command.Parameters.AddWithValue(latest);
                command.Parameters.AddWithValue(endTime);
                command.Parameters.AddWithValue(recordId);
                command.Parameters.AddWithValue(Page);
                await using var row = await command.ExecuteReaderAsync(cancellation);
                while (await row.ReadAsync(cancellation))
                {
                    (recordId, endTime) = (row.GetString(0), row.GetInt64(4));
                    page.Add(new ExpiredRecording(
                        recordId, row.GetString(1), row.GetString(2), row.GetString(3), DateTimeOffset.FromUnixTimeMilliseconds(endTime),
                        row.IsDBNull(5) ? general!.Value : TimeSpan.FromTicks(row.GetInt64(5))));
                }
            }

            foreach (var expired in page) yield return expired;
            if (page.Count < Page) yield break;
        }
    }

    /// <summary>Deletes them, each with an event that says why.</summary>
    /// <param name="deleted">Told of each one.</param>
    /// <returns>How many.</returns>
    public async Task<int> ExpireAsync(ChangedBy by, Action<ExpiredRecording>? deleted, CancellationToken cancellation)
    {
        var count = 0;
        await foreach (var expired in ExpiredAsync(cancellation))
        {
            if (await recordings.DeleteAsync(expired.RecordId, expired.Why, by, cancellation) is not RecordingOutcome.Done) continue;
            count++;
            deleted?.Invoke(expired);
        }

        return count;
    }
}
