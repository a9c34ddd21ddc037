using System.Text.Json;
using Scalelite.Domain;
using Scalelite.Domain.Keeping;
using Scalelite.Domain.Meetings;

namespace Scalelite.Projections.Meetings;

/// <summary>
/// Fills <c>meeting_location</c>, <c>meeting_instance</c>, <c>meeting_copy</c>, <c>voice_bridge</c>, <c>meeting_internal_id</c> and <c>meeting_end</c>.
/// Rows are named by their instance, so they belong to one stream; placing is serial, so a location's key passes from one run to the next in order.
/// An internalMeetingID that two runs name (a run that was given up, and the one that its meeting was adopted as) stays with the first.
/// </summary>
public sealed class MeetingProjection : IProjection
{
    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            switch (@event.Data)
            {
                case MeetingPlaced e:
                    Placed(operations, e);
                    break;
                case MeetingStarted e:
                    Started(operations, e);
                    break;
                case PlacementFailed e:
                    Failed(operations, e);
                    break;
                case MeetingAdopted e:
                    Adopted(operations, e);
                    break;
                case MeetingMoved e:
                    Moved(operations, e);
                    break;
                case MeetingCopyGone e:
                    operations.QueueSqlCommand("delete from meeting_copy where instance = ? and server_id = ?", e.Instance, e.ServerId);
                    break;
                case MeetingEnded e:
                    Ended(operations, e);
                    break;
                case MeetingEndCalled e:
                    operations.QueueSqlCommand("update meeting_instance set end_called_at = ? where instance = ?", e.At.ToUniversalTime(), e.Instance);
                    operations.QueueSqlCommand("update meeting_end set called = true where instance = ?", e.Instance);
                    break;
                case MeetingEndTold e:
                    operations.QueueSqlCommand("delete from meeting_end where instance = ?", e.Instance);
                    break;
                case DataForgotten e:
                    Forgotten(operations, e);
                    break;
            }
        }

        return Task.CompletedTask;
    }

    private static void Placed(IDocumentOperations operations, MeetingPlaced e)
    {
        operations.QueueSqlCommand(
            """
            insert into meeting_location (tenant_id, meeting_id, instance, server_id, state, deadline, placed_at)
            values (?, ?, ?, ?, 'placing', ?, ?)
            """,
            e.TenantId, e.MeetingId, e.Instance, e.ServerId, e.Deadline.ToUniversalTime(), e.At.ToUniversalTime());
        operations.QueueSqlCommand(
            """
            insert into meeting_instance (instance, tenant_id, meeting_id, server_id, state, name, voice_bridge, record, metadata, placed_at, end_relayed)
            values (?, ?, ?, ?, 'placing', ?::text, ?::text, ?, ?::jsonb, ?, ?)
            on conflict (instance) do update
            set server_id = excluded.server_id, state = 'placing', voice_bridge = excluded.voice_bridge, ended_at = null, how = null,
                end_relayed = excluded.end_relayed
            """,
            e.Instance, e.TenantId, e.MeetingId, e.ServerId, OrNull(e.Name), OrNull(e.VoiceBridge), e.Record,
            MetadataOf(e.Metadata), e.At.ToUniversalTime(), e.EndRelayed);
        operations.QueueSqlCommand("delete from meeting_copy where server_id = ? and meeting_id = ?", e.ServerId, e.MeetingId);
        if (e.VoiceBridge is not null)
        {
            operations.QueueSqlCommand(
                "insert into voice_bridge (number, instance) values (?, ?) on conflict (instance) do nothing", e.VoiceBridge, e.Instance);
        }
    }

    private static void Started(IDocumentOperations operations, MeetingStarted e)
    {
        operations.QueueSqlCommand(
            """
            update meeting_location set state = 'live', internal_meeting_id = ?, create_time = ?, deadline = null
            where instance = ? and server_id = ?
            """,
            e.InternalMeetingId, e.CreateTime, e.Instance, e.ServerId);
        operations.QueueSqlCommand(
            """
            update meeting_instance
            set state = 'live', internal_meeting_id = ?, create_time = ?, create_times = array_append(create_times, ?),
                started_at = coalesce(started_at, ?),
                voice_bridge = coalesce(?::text, voice_bridge),
                moderator_password_fingerprint = coalesce(?::text, moderator_password_fingerprint)
            where instance = ?
            """,
            e.InternalMeetingId, e.CreateTime, e.CreateTime, e.At.ToUniversalTime(), OrNull(e.VoiceBridge), OrNull(e.ModeratorPasswordFingerprint), e.Instance);
        Named(operations, e.InternalMeetingId, e.Instance, e.ServerId);
    }

    /// <summary>The least of those that name it, so that the order does not matter; instances are UUIDs v7, so the least is the first.</summary>
    private static void Named(IDocumentOperations operations, string internalMeetingId, Guid instance, string serverId) =>
        operations.QueueSqlCommand(
            """
            insert into meeting_internal_id as known (internal_meeting_id, instance, server_id) values (?, ?, ?)
            on conflict (internal_meeting_id) do update set instance = excluded.instance, server_id = excluded.server_id
            where (excluded.instance, excluded.server_id) < (known.instance, known.server_id)
            """,
            internalMeetingId, instance, serverId);

    private static void Failed(IDocumentOperations operations, PlacementFailed e)
    {
        operations.QueueSqlCommand("delete from meeting_location where instance = ? and server_id = ?", e.Instance, e.ServerId);
        operations.QueueSqlCommand("delete from voice_bridge where instance = ?", e.Instance);
        operations.QueueSqlCommand(
            "update meeting_instance set state = 'failed', ended_at = ?, how = ? where instance = ?",
            e.At.ToUniversalTime(), e.Failure.ToString(), e.Instance);
        if (e.Failure is PlacementFailure.Uncertain or PlacementFailure.Abandoned)
        {
            Watch(operations, e.Instance, e.ServerId, null, e.Failure.ToString(), e.At);
        }
    }

    private static void Adopted(IDocumentOperations operations, MeetingAdopted e)
    {
        var created = DateTimeOffset.FromUnixTimeMilliseconds(e.CreateTime);
        operations.QueueSqlCommand(
            """
            insert into meeting_location (tenant_id, meeting_id, instance, server_id, state, internal_meeting_id, create_time, placed_at)
            values (?, ?, ?, ?, 'live', ?, ?, ?)
            """,
            e.TenantId, e.MeetingId, e.Instance, e.ServerId, e.InternalMeetingId, e.CreateTime, created);
        operations.QueueSqlCommand(
            """
            insert into meeting_instance (
                instance, tenant_id, meeting_id, server_id, state, internal_meeting_id, create_time, create_times, name, voice_bridge,
                is_breakout, parent_meeting_id, adopted, metadata, placed_at, started_at)
            values (?, ?, ?, ?, 'live', ?, ?, array[?::bigint], ?::text, ?::text, ?, ?::text, true, ?::jsonb, ?, ?)
            """,
            e.Instance, e.TenantId, e.MeetingId, e.ServerId, e.InternalMeetingId, e.CreateTime, e.CreateTime, OrNull(e.Name), OrNull(e.VoiceBridge),
            e.IsBreakout, OrNull(e.ParentMeetingId), MetadataOf(e.Metadata), e.At.ToUniversalTime(), created);
        Named(operations, e.InternalMeetingId, e.Instance, e.ServerId);
        operations.QueueSqlCommand("delete from meeting_copy where server_id = ? and meeting_id = ?", e.ServerId, e.MeetingId);
        if (e.VoiceBridge is not null)
        {
            operations.QueueSqlCommand("insert into voice_bridge (number, instance) values (?, ?)", e.VoiceBridge, e.Instance);
        }
    }

    private static void Moved(IDocumentOperations operations, MeetingMoved e)
    {
        operations.QueueSqlCommand(
            """
            update meeting_location
            set server_id = ?, state = ?, internal_meeting_id = ?::text, create_time = ?::bigint, deadline = ?::timestamptz
            where instance = ?
            """,
            e.ToServerId, e.Back ? "live" : "placing", OrNull(e.InternalMeetingId), e.CreateTime ?? (object)DBNull.Value,
            e.Back ? DBNull.Value : e.Deadline.ToUniversalTime(), e.Instance);
        operations.QueueSqlCommand(
            """
            update meeting_instance
            set server_id = ?, state = ?, moves = moves + 1,
                internal_meeting_id = ?::text, create_time = ?::bigint
            where instance = ?
            """,
            e.ToServerId, e.Back ? "live" : "placing", OrNull(e.InternalMeetingId), e.CreateTime ?? (object)DBNull.Value, e.Instance);
        operations.QueueSqlCommand("delete from meeting_copy where instance = ? and server_id = ?", e.Instance, e.ToServerId);
        Watch(operations, e.Instance, e.FromServerId, e.LeftInternalMeetingId, e.Back ? "MovedBack" : "Moved", e.At);
        if (e.LeftInternalMeetingId is { } left) Named(operations, left, e.Instance, e.FromServerId);
        if (e.InternalMeetingId is { } now) Named(operations, now, e.Instance, e.ToServerId);
    }

    private static void Ended(IDocumentOperations operations, MeetingEnded e)
    {
        operations.QueueSqlCommand("delete from meeting_location where instance = ?", e.Instance);
        operations.QueueSqlCommand("delete from voice_bridge where instance = ?", e.Instance);
        operations.QueueSqlCommand(
            "update meeting_instance set state = 'ended', ended_at = ?, how = ?, peak_users = ?, mean_users = ? where instance = ?",
            e.EndedAt.ToUniversalTime(), e.How.ToString(), e.PeakUsers, e.MeanUsers, e.Instance);
        if (e.How == EndLearned.PlacedAnew)
        {
            Watch(operations, e.Instance, e.ServerId, null, "PlacedAnew", e.At);
        }

        // Of a run that another has taken the place of nobody is told: for its client the meeting goes on.
        if (e.How is not (EndLearned.PlacedAnew or EndLearned.Replaced))
        {
            operations.QueueSqlCommand(
                "insert into meeting_end (instance, learned_at, called) select instance, ?, end_called_at is not null from meeting_instance where instance = ? and end_relayed",
                e.At.ToUniversalTime(), e.Instance);
        }
    }

    private static void Watch(
        IDocumentOperations operations, Guid instance, string serverId, string? internalMeetingId, string reason, DateTimeOffset since) =>
        operations.QueueSqlCommand(
            """
            insert into meeting_copy (instance, server_id, meeting_id, internal_meeting_id, reason, since)
            select instance, ?, meeting_id, ?::text, ?, ? from meeting_instance where instance = ?
            on conflict (instance, server_id) do update set internal_meeting_id = excluded.internal_meeting_id, reason = excluded.reason, since = excluded.since
            """,
            serverId, OrNull(internalMeetingId), reason, since.ToUniversalTime(), instance);

    /// <summary>What a replay of the events makes, which hold these fields no more.</summary>
    private static void Forgotten(IDocumentOperations operations, DataForgotten e)
    {
        var meetings = e.Events.Select(of => Streams.MeetingOf(of.Stream)).OfType<Guid>().Distinct().ToArray();
        if (meetings.Length > 0)
            operations.QueueSqlCommand("update meeting_instance set name = null, metadata = '{}' where instance = any(?::uuid[])", (object)meetings);
    }

    private static string MetadataOf(IReadOnlyDictionary<string, string>? metadata) => metadata is null ? "{}" : JsonSerializer.Serialize(metadata);

    private static object OrNull(string? value) => value ?? (object)DBNull.Value;
}
