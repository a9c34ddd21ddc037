using System.Diagnostics;
using Scalelite.EventLog;
using Scalelite.Projections.Servers;
using Scalelite.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Scalelite.Projections.Tests.Servers;

/// <summary>What is measured runs after everything else.</summary>
[CollectionDefinition(nameof(Measured), DisableParallelization = true)]
public sealed class Measured;

[Collection(nameof(Measured))]
public sealed class PoolLoadSpeedTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Fill =
        """
        insert into server (id, url, host, secret_fingerprint, load_multiplier, state, health, registered_at)
        select 's' || s, 'https://s' || s || '/api', 's' || s, 'f', 1, 'enabled', 'online', now() from generate_series(1, 1000) s;
        insert into server_load (server_id, registered_at, next_poll_at, round, answered_round)
        select id, now(), now(), 9, 9 from server;
        insert into meeting_location (tenant_id, meeting_id, instance, server_id, state, internal_meeting_id, create_time, placed_at)
        select 't', 'room ' || s || '/' || m, gen_random_uuid(), 's' || s, 'live', 'int-' || s || '/' || m, 1, now() - interval '1 minute' * m
        from generate_series(1, 1000) s, generate_series(1, 20) m;
        insert into meeting_joins (instance, servers, joins) select instance, array[server_id], 12 from meeting_location;
        insert into polled_meeting (
            server_id, internal_meeting_id, meeting_id, round, create_time, users, moderators, voice, videos, recording, is_breakout,
            joins_before, first_seen_at, last_seen_at, user_polls, peak, curve)
        select server_id, internal_meeting_id, meeting_id, 9, 1, 10, 1, 5, 3, false, false, 10, now(), now(), 10, 10, '{10}'
        from meeting_location where meeting_id not like '%/20';
        analyze
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(150);

    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await DatabaseSchema.InstallAsync(_database.Source, ReadModels.Scripts);
        await _database.ExecuteAsync(Fill);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task The_load_of_a_thousand_servers_with_twenty_meetings_each_is_read_in_150_ms()
    {
        var pool = new ServerPool(_database.Source);
        var (best, all) = (Limit, Stopwatch.StartNew());
        // What else runs on the machine makes some rounds slow, and none fast.
        do
        {
            var clock = Stopwatch.StartNew();
            var loaded = await pool.ListAsync(minimumUsers: 15, DateTimeOffset.UtcNow.AddMinutes(-15), default);
            if (clock.Elapsed < best) best = clock.Elapsed;
            Assert.Equal((1000, 20_000), (loaded.Count, loaded.Sum(server => server.Load.Meetings)));
            Assert.All(loaded, server => Assert.Equal(15, server.Load.Unseen));
        }
        while (best == Limit && all.Elapsed < TimeSpan.FromSeconds(15));

        output.WriteLine($"{best.TotalMilliseconds:0} ms");
        Assert.True(best < Limit, $"no round took less than {Limit.TotalMilliseconds} ms");
    }
}
