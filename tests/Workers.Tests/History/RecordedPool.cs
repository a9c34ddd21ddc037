using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Scalelite.EventLog;
using Scalelite.Projections;
using Scalelite.Projections.Servers;
using Scalelite.Projections.Tests.Histories;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.History;

namespace Scalelite.Workers.Tests.History;

/// <summary>A pool whose read models are recorded at moments, to be compared with what is folded for them later.</summary>
internal sealed class RecordedPool : IAsyncDisposable
{
    private const int MinimumUsers = 15;

    private static readonly DateTimeOffset YoungSince = Given.At(90);

    private readonly IHost _host;

    private RecordedPool(TestDatabase database, IHost host) => (Database, _host) = (database, host);

    public TestDatabase Database { get; }

    public IDocumentStore Store => _host.Services.GetRequiredService<IDocumentStore>();

    public PoolHistory History => new(Database.Source, TimeProvider.System);

    public static async Task<RecordedPool> CreateAsync()
    {
        var database = await TestDatabase.CreateAsync("history");
        var host = await TestHost.CreateAsync(database.Source, [.. DomainEvents.Types], [.. DomainEvents.Projections]);
        await DatabaseSchema.InstallAsync(database.Source, [.. DatabaseSchema.Scripts, .. ReadModels.Scripts]);
        return new RecordedPool(database, host);
    }

    public PoolCheckpointing Checkpointing(int mostEvents) =>
        new(Database.Source, new Settings(), TimeProvider.System, NullLogger<PoolCheckpointing>.Instance) { MostEvents = mostEvents };

    public async Task AppendAsync(string stream, params object[] events)
    {
        await using var session = Store.LightweightSession();
        session.Events.Append(stream, events);
        await session.SaveChangesAsync();
    }

    /// <summary>What <c>status</c>, <c>servers list</c> and <c>meetings list</c> show now, while nobody writes.</summary>
    public async Task<Recorded> RecordAsync()
    {
        var servers = await new ServerPool(Database.Source).ListAsync(MinimumUsers, YoungSince, CancellationToken.None);
        var meetings = await Database.RowsAsync(
            """
            select m.instance, m.tenant_id, m.meeting_id, m.server_id, m.state, m.internal_meeting_id, i.voice_bridge, p.users, m.placed_at
            from meeting_location m
            join meeting_instance i on i.instance = m.instance
            left join polled_meeting p on p.server_id = m.server_id and p.internal_meeting_id = m.internal_meeting_id
            """);
        var copies = await Database.RowsAsync("select instance, server_id, meeting_id, internal_meeting_id, reason, since from meeting_copy");
        return new Recorded(DateTimeOffset.UtcNow, servers, Lines(meetings), Lines(copies));
    }

    /// <summary>What is folded for the same moment.</summary>
    public async Task<Recorded> FoldAsync(DateTimeOffset at)
    {
        var state = (await History.AtAsync(at, CancellationToken.None)).State;
        return new Recorded(
            at,
            [.. state.ServersInOrder.Select(server => LoadedServer.Of(server, state.LoadOf(server, MinimumUsers, YoungSince)))],
            Lines(state.Meetings.Values.Select(meeting => new object?[]
            {
                meeting.Instance, meeting.TenantId, meeting.MeetingId, meeting.ServerId, meeting.Placing ? "placing" : "live", meeting.InternalMeetingId,
                meeting.VoiceBridge, state.UsersOf(meeting), meeting.PlacedAt.UtcDateTime,
            })),
            Lines(state.Copies.Select(copy => new object?[]
            {
                copy.Instance, copy.ServerId, copy.MeetingId, copy.InternalMeetingId, copy.Reason, copy.Since.UtcDateTime,
            })));
    }

    /// <summary>Waits until the log is known to be safe to its end, and says so: moments of just now need not wait for it then.</summary>
    public async Task SettleAsync()
    {
        var safe = await new SafeHead(Database.Source).WaitAsync();
        await Database.ExecuteAsync("update pool_checkpoint_turn set safe_number = $1, safe_at = now() + interval '1 hour'", safe);
    }

    public async ValueTask DisposeAsync()
    {
        _host.Dispose();
        await Database.DisposeAsync();
    }

    private static List<string> Lines(IEnumerable<object?[]> rows) =>
        [.. rows.Select(row => string.Join(' ', row.Select(cell => cell is DateTime time ? time.ToString("O") : cell?.ToString()))).Order(StringComparer.Ordinal)];
}

/// <summary>The rows of a moment.</summary>
internal sealed record Recorded(DateTimeOffset At, IReadOnlyList<LoadedServer> Servers, IReadOnlyList<string> Meetings, IReadOnlyList<string> Copies);
