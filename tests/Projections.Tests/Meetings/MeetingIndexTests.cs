using Npgsql;
using Scalelite.EventLog;
using Scalelite.Projections.Meetings;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Projections.Tests.Meetings;

public sealed class MeetingIndexTests(MeetingIndexTests.LargePool pool) : IClassFixture<MeetingIndexTests.LargePool>
{
    [Fact]
    public async Task A_location_is_found_by_the_primary_key_among_a_hundred_thousand()
    {
        var plan = await pool.PlanAsync(
            $"select {MeetingLocation.Columns} from meeting_location m join server s on s.id = m.server_id where m.tenant_id = 't' and m.meeting_id = 'room 77777'");
        Assert.Contains("Index Scan using meeting_location_pkey on meeting_location", plan);
        Assert.DoesNotContain("Seq Scan", plan);

        Assert.Equal("s777", (await new MeetingLocations(pool.Source).FindAsync("t", "room 77777", default))?.Server.Id);
    }

    [Theory]
    [InlineData("select from meeting_location where server_id = 's1'", "meeting_location_server_id_meeting_id_key")]
    [InlineData("select from meeting_location where tenant_id = 'small' and tenant_id <> ''", "meeting_location_tenant")]
    [InlineData("select from meeting_location where meeting_id = any('{room 1,room 2}')", "meeting_location_pkey")]
    [InlineData("delete from meeting_location where instance = '00000000-0000-0000-0000-000000000001'", "meeting_location_instance_key")]
    [InlineData("select from meeting_instance where internal_meeting_id = any('{int-1,int-2}') and state = 'ended'", "meeting_instance_internal_meeting_id")]
    [InlineData("select * from meeting_instance where tenant_id = 't' and meeting_id = 'room 1' order by placed_at desc limit 3", "meeting_instance_meeting_id")]
    [InlineData("delete from meeting_copy where server_id = 's1' and meeting_id = 'room 1'", "meeting_copy_server")]
    [InlineData("delete from voice_bridge where instance = '00000000-0000-0000-0000-000000000001'", "voice_bridge_instance_key")]
    [InlineData("select from voice_bridge where number > '70001' collate \"C\" and number < '70001:' collate \"C\"", "voice_bridge_pkey")]
    [InlineData("update meeting_joins set joins = joins + 1 where instance = '00000000-0000-0000-0000-000000000001'", "meeting_joins_pkey")]
    [InlineData("select from polled_meeting where server_id = 's1' and meeting_id = 'room 1'", "polled_meeting_pkey")]
    [InlineData("select server_id from server_load where next_poll_at < 'epoch' order by next_poll_at limit 10", "server_load_due")]
    public async Task What_is_asked_all_the_time_is_served_by_an_index(string sql, string index)
    {
        var plan = await pool.PlanAsync(sql);
        Assert.Contains(index, plan);
        Assert.DoesNotContain("Seq Scan", plan);
    }

    /// <summary>A thousand servers and a hundred thousand live meetings, put into the tables by hand.</summary>
    public sealed class LargePool : IAsyncLifetime
    {
        private const string Fill =
            """
            insert into server (id, url, host, secret_fingerprint, load_multiplier, state, health, registered_at)
            select 's' || s, 'https://s' || s || '/api', 's' || s, 'f', 1, 'enabled', 'online', now() from generate_series(0, 999) s;
            insert into server_load (server_id, registered_at, next_poll_at) select id, now(), now() + random() * interval '1 minute' from server;
            insert into meeting_instance (instance, tenant_id, meeting_id, server_id, state, internal_meeting_id, placed_at)
            select gen_random_uuid(), 't', 'room ' || m, 's' || m % 1000, 'live', 'int-' || m, now() from generate_series(1, 100000) m;
            insert into meeting_location (tenant_id, meeting_id, instance, server_id, state, internal_meeting_id, create_time, placed_at)
            select tenant_id, meeting_id, instance, server_id, 'live', internal_meeting_id, 1, placed_at from meeting_instance;
            insert into meeting_copy (instance, server_id, meeting_id, reason, since)
            select instance, server_id, meeting_id, 'Moved', placed_at from meeting_instance limit 10000;
            insert into voice_bridge (number, instance) select (70000 + n)::text, instance from (select instance, row_number() over () as n from meeting_instance) i;
            insert into meeting_joins (instance, servers, joins) select instance, array[server_id], 12 from meeting_location;
            insert into polled_meeting (
                server_id, internal_meeting_id, meeting_id, round, create_time, users, moderators, voice, videos, recording, is_breakout,
                joins_before, first_seen_at, last_seen_at, user_polls, peak, curve)
            select server_id, internal_meeting_id, meeting_id, 9, 1, 10, 1, 5, 3, false, false, 10, now(), now(), 10, 10, '{10}' from meeting_location;
            analyze
            """;

        private TestDatabase _database = null!;

        public NpgsqlDataSource Source => _database.Source;

        public async Task InitializeAsync()
        {
            _database = await TestDatabase.CreateAsync();
            await DatabaseSchema.InstallAsync(_database.Source, ReadModels.Scripts);
            await _database.ExecuteAsync(Fill);
        }

        public async Task<string> PlanAsync(string sql) =>
            string.Join('\n', (await _database.RowsAsync($"explain (costs off) {sql}")).Select(row => row[0]));

        async Task IAsyncLifetime.DisposeAsync() => await _database.DisposeAsync();
    }
}
