using Npgsql;
using NpgsqlTypes;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;

namespace Scalelite.Workers.Meetings;

/// <summary>
/// Takes a meeting over that was found on a node: routable at once. Whether it may be is asked again under the placement lock:
/// somebody may have placed its id meanwhile, or ended it.
/// </summary>
public static class AdoptMeetingHandler
{
    /// <summary>A node may show a meeting for a while after it confirmed its end; that one is not to come back.</summary>
    private static readonly TimeSpan Ending = TimeSpan.FromMinutes(2);

    private const string MayAdoptSql =
        """
        select exists (select from server where id = $1)
           and not exists (select from meeting_location where meeting_id = $2 and (tenant_id = $3 or server_id = $1))
           and not exists (select from meeting_instance where internal_meeting_id = $4 and state = 'ended' and ended_at > $5)
        """;

    /// <summary>Adopts the meeting, or does nothing.</summary>
    public static Task Handle(AdoptMeeting adopt, PlacementChange placement, TimeProvider time, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var may = new NpgsqlBatchCommand(MayAdoptSql)
        {
            Parameters =
            {
                new() { Value = adopt.ServerId },
                new() { Value = adopt.Found.MeetingId },
                new() { Value = adopt.TenantId },
                new() { Value = adopt.Found.InternalMeetingId },
                new() { Value = now - Ending, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
        return placement.MakeAsync(
            may,
            session =>
            {
                var adopted = Meeting.Adopt(Guid.CreateVersion7(now), adopt.TenantId, adopt.ServerId, adopt.Found, now);
                session.Events.StartStream(Streams.Meeting(adopted.Instance), adopted);
                return Task.CompletedTask;
            },
            cancellation);
    }
}
