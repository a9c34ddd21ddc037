using Scalelite.Domain;
using Scalelite.EventLog.Pruning;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.EventLog.Tests;

public sealed class PastStreamsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Day = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("\"C\"")]
    [InlineData("\"en-x-icu\"")]
    [InlineData("\"hu-x-icu\"")]
    public async Task Streams_of_past_days_are_found_under_any_collation_and_in_order_of_time(string collation)
    {
        await _database.ExecuteAsync($"create table mt_streams (id varchar collate {collation} not null constraint pkey_mt_streams_id primary key)");
        var process = Guid.NewGuid();
        string[] old =
        [
            Streams.Polls("z.example.org", Day.AddDays(-2)), Streams.Polls("0-a.example.org", Day.AddDays(-1)), Streams.Polls("z9", Day.AddDays(-1)),
            .. Enumerable.Range(0, 600).Select(n => Streams.Polls($"zz-{n:000}", Day.AddDays(-1))),
            Streams.Joins(process, Day.AddHours(-2)), Streams.Joins(process, Day.AddHours(-1)),
        ];
        string[] others =
        [
            Streams.Polls("a", Day), Streams.Joins(process, Day), "polls-a", "pollsa-20260101", "polls-a-2026010", "pollster-20260101", "joins-x-2026010100", "log", "meeting-20260101",
            Streams.ServerDays("polls-a-20260101"),
        ];
        await _database.ExecuteAsync("insert into mt_streams select unnest($1)", old.Concat(others).OrderBy(_ => Guid.NewGuid()).ToArray() as object);

        var found = await PastStreams.EndedAsync(_database.Source, Day).Select(stream => stream.Stream).ToListAsync();

        Assert.Equal(old, found);
    }

    [Fact]
    public async Task They_are_found_by_the_primary_key_among_millions_of_meetings()
    {
        await _database.ExecuteAsync(
            """
            create table mt_streams (id varchar not null constraint pkey_mt_streams_id primary key);
            insert into mt_streams select 'meeting-' || gen_random_uuid() from generate_series(1, 50000);
            insert into mt_streams select 'polls-server-' || n || '-20260101' from generate_series(1, 100) n;
            analyze mt_streams
            """);
        await using var explain = _database.Source.CreateCommand("explain " + PastStreams.Sql);
        foreach (var value in (object[])["polls-", "pollt", 8, "20260302", "", "", 500]) explain.Parameters.AddWithValue(value);
        await using var row = await explain.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await row.ReadAsync()) plan.Add(row.GetString(0));

        Assert.Contains(plan, line => line.Contains("pkey_mt_streams_id", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.Contains("Seq Scan", StringComparison.Ordinal));
    }
}
