using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Scalelite.Domain.History;
using Scalelite.EventLog;
using Scalelite.Projections.Servers;
using Scalelite.Projections.Tests.Histories;
using Scalelite.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Scalelite.Projections.Tests.History;

/// <summary>The fold in memory beside the read models, through the real event store.</summary>
public sealed class PoolStateTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Stories = 10;
    private const int MinimumUsers = 15;

    private static readonly TimeSpan Buffer = TimeSpan.FromSeconds(60);

    private Histories.PoolHistory _history = null!;
    private IHost _log = null!;
    private NpgsqlConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _history = await Histories.PoolHistory.CreateAsync();
        _log = await TestHost.CreateAsync(_history.Database.Source, [.. DomainEvents.Types], [.. DomainEvents.Projections]);
        _connection = await _history.Database.Source.OpenConnectionAsync();
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        _log.Dispose();
        await _history.DisposeAsync();
    }

    [Fact]
    public void The_fold_is_what_the_read_models_were_at_random_moments_of_random_histories()
    {
        var compared = 0;
        var stories =
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from choices in Gen.ArrayOf(Gen.Choose(0, 15).Select(choice => (byte)choice), 150)
            select (Seed: seed, Choices: choices);
        Prop.ForAll(Arb.From(stories), async story =>
        {
            var random = new Random(story.Seed);
            var state = new PoolState();
            await using var transaction = await _connection.BeginTransactionAsync();
            await using var session = _log.Services.GetRequiredService<IDocumentStore>().LightweightSession(SessionOptions.ForTransaction(transaction));
            foreach (var told in RandomStory.Of(story.Seed, story.Choices).Events)
            {
                session.Events.Append(told.Stream, told.Event);
                await session.SaveChangesAsync();
                state.Apply(told.Event);
                if (random.Next(8) > 0) continue;
                var youngSince = Given.At(random.Next(200)) - Buffer;
                await EqualAsync(state, youngSince);
                await EqualAsync(PoolStateFormat.Read(new MemoryStream(PoolStateFormat.Write(state))), youngSince);
                compared++;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Stories).WithReplay(20260302UL, 77UL));

        output.WriteLine($"{compared} moments were compared");
        Assert.True(compared > Stories * 5, $"only {compared} moments were compared");
    }

    [Fact]
    public async Task The_events_that_are_folded_bear_the_names_that_the_store_gives_them()
    {
        await _history.AppendAsync(RichStory.Tell());
        await using var command = _history.Database.Source.CreateCommand("select distinct type, mt_dotnet_type from mt_events");
        await using var row = await command.ExecuteReaderAsync();
        var stored = new Dictionary<string, string>();
        while (await row.ReadAsync()) stored[row.GetString(0)] = row.GetString(1);
        Assert.All(PoolEvents.ByName, named => Assert.StartsWith($"{named.Value.FullName},", stored[named.Key], StringComparison.Ordinal));
        Assert.All(PoolEvents.Pruned, name => Assert.True(PoolEvents.ByName.ContainsKey(name)));
    }

    private async Task EqualAsync(PoolState state, DateTimeOffset youngSince)
    {
        await using var batch = new NpgsqlBatch(_connection) { BatchCommands = { ServerPool.LoadCommand(MinimumUsers, youngSince) } };
        IReadOnlyList<LoadedServer> live;
        await using (var rows = await batch.ExecuteReaderAsync()) live = await ServerPool.ReadAsync(rows, default);
        Assert.Equal(live, state.ServersInOrder.Select(server => LoadedServer.Of(server, state.LoadOf(server, MinimumUsers, youngSince))));
        Assert.Equal(await MeetingsAsync(), state.Meetings.Values.Select(meeting =>
            $"{meeting.Instance} {meeting.TenantId} {meeting.MeetingId} {meeting.ServerId} {(meeting.Placing ? "placing" : "live")} {meeting.InternalMeetingId} "
            + $"{meeting.VoiceBridge} {state.UsersOf(meeting)} {meeting.PlacedAt:O}").Order(StringComparer.Ordinal));
        Assert.Equal(await CopiesAsync(), state.Copies.Select(copy =>
            $"{copy.Instance} {copy.ServerId} {copy.MeetingId} {copy.InternalMeetingId} {copy.Reason} {copy.Since:O}").Order(StringComparer.Ordinal));
    }

    private Task<List<string>> MeetingsAsync() => LinesAsync(
        """
        select m.instance, m.tenant_id, m.meeting_id, m.server_id, m.state, m.internal_meeting_id, i.voice_bridge, p.users, m.placed_at
        from meeting_location m
        join meeting_instance i on i.instance = m.instance
        left join polled_meeting p on p.server_id = m.server_id and p.internal_meeting_id = m.internal_meeting_id
        """);

    private Task<List<string>> CopiesAsync() => LinesAsync("select instance, server_id, meeting_id, internal_meeting_id, reason, since from meeting_copy");

    private async Task<List<string>> LinesAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await using var row = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await row.ReadAsync())
        {
            lines.Add(string.Join(' ', Enumerable.Range(0, row.FieldCount).Select(i =>
                row.IsDBNull(i) ? "" : row.GetValue(i) is DateTime time ? new DateTimeOffset(time).ToString("O") : row.GetValue(i).ToString())));
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
