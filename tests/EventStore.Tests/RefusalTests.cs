using Npgsql;
using Xunit;

namespace Scalelite.EventStore.Tests;

public sealed class RefusalTests(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    private readonly string _stream = StoreDatabase.NewStream();

    public static TheoryData<bool> PreparedOrNot => [false, true];

    [Theory]
    [MemberData(nameof(PreparedOrNot))]
    public async Task A_stream_that_exists_is_not_started_and_is_named(bool prepared)
    {
        await StartAsync();
        for (var i = 0; i < 4; i++)
        {
            var refused = await Assert.ThrowsAsync<ExistingStreamIdCollisionException>(() => SaveAmongOthersAsync(
                prepared, session => session.Events.StartStream(_stream, new Opened("again"))));
            Assert.Contains($"'{_stream}'", refused.Message);
        }

        await AssertUntouchedAsync();
    }

    [Theory]
    [InlineData(false, 2)]
    [InlineData(false, 4)]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    [InlineData(true, 4)]
    public async Task A_version_that_is_too_small_or_too_great_is_refused(bool prepared, long expected)
    {
        await StartAsync();
        for (var i = 0; i < 4; i++)
        {
            var refused = await Assert.ThrowsAsync<EventStreamUnexpectedMaxEventIdException>(() => SaveAmongOthersAsync(
                prepared, session => session.Events.Append(_stream, expected, new Counted(9))));
            Assert.Contains($"'{_stream}'", refused.Message);
        }

        await AssertUntouchedAsync();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(0)]
    public async Task A_version_of_a_stream_that_does_not_exist_is_refused(long expected)
    {
        var refused = await Assert.ThrowsAsync<EventStreamUnexpectedMaxEventIdException>(() => SaveAmongOthersAsync(
            false, session => session.Events.Append(_stream, expected, new Counted(9))));

        Assert.Contains($"'{_stream}'", refused.Message);
        Assert.Equal(0, await database.ScalarAsync<long>("select count(*) from mt_streams where id like $1", _stream + "%"));
    }

    [Fact]
    public async Task The_first_version_of_a_stream_can_be_expected()
    {
        await database.SaveAsync(session => session.Events.Append(_stream, 2, new Opened("a"), new Counted(1)));
        Assert.Equal([1L, 2L], (await database.EventsAsync(_stream)).Select(e => e.Version));
    }

    [Fact]
    public async Task Of_writers_that_expect_the_same_version_one_wins()
    {
        await StartAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            try
            {
                await database.SaveAsync(session => session.Events.Append(_stream, 3, new Counted(i)));
                return true;
            }
            catch (EventStreamUnexpectedMaxEventIdException)
            {
                return false;
            }
        }));

        Assert.Single(outcomes, won => won);
        Assert.Equal(3, (await database.EventsAsync(_stream)).Count);
    }

    [Fact]
    public async Task Of_writers_that_start_the_same_stream_one_wins()
    {
        var collisions = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            try
            {
                await StartAsync();
            }
            catch (ExistingStreamIdCollisionException)
            {
                Interlocked.Increment(ref collisions);
            }
        }));

        Assert.Equal(15, collisions);
        await AssertUntouchedAsync();
    }

    [Fact]
    public async Task An_archived_stream_takes_no_event_and_vanishes_from_reads()
    {
        await StartAsync();
        await database.ExecuteAsync("update mt_streams set is_archived = true where id = $1", _stream);
        await database.ExecuteAsync("update mt_events set is_archived = true where stream_id = $1", _stream);

        var refused = await Assert.ThrowsAsync<InvalidStreamOperationException>(() => SaveAmongOthersAsync(
            false, session => session.Events.Append(_stream, new Counted(9))));
        Assert.Contains($"'{_stream}'", refused.Message);
        foreach (var version in (long[])[3, 4])
        {
            await Assert.ThrowsAsync<InvalidStreamOperationException>(() => SaveAmongOthersAsync(
                false, session => session.Events.Append(_stream, version, new Counted(9))));
        }

        await Assert.ThrowsAsync<ExistingStreamIdCollisionException>(StartAsync);

        await using var session = database.Store.LightweightSession();
        Assert.Empty(await session.Events.FetchStreamAsync(_stream));
        Assert.Null(await session.Events.AggregateStreamAsync<Shop>(_stream));
        Assert.True((await session.Events.FetchStreamStateAsync(_stream))!.IsArchived);
        Assert.Equal(2, await database.ScalarAsync<long>("select count(*) from mt_events where stream_id = $1", _stream));
    }

    [Fact]
    public async Task A_command_that_collides_by_itself_is_not_taken_for_the_append()
    {
        await StartAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.SaveAsync(session =>
        {
            session.Events.StartStream(_stream + "-other", new Opened("b"));
            session.QueueSqlCommand("insert into mt_streams (id, version) values (?, 1)", _stream);
        }));
        Assert.Equal(PostgresErrorCodes.UniqueViolation, refused.SqlState);
        await AssertUntouchedAsync();
    }

    [Fact]
    public async Task What_is_refused_only_at_the_commit_is_refused()
    {
        await database.ExecuteAsync("create table late (n int unique deferrable initially deferred)");
        await database.ExecuteAsync("insert into late values (1)");
        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.SaveAsync(session =>
        {
            session.Events.StartStream(_stream, new Opened("a"));
            session.QueueSqlCommand("insert into late values (1)");
        }));

        Assert.Equal(PostgresErrorCodes.UniqueViolation, refused.SqlState);
        Assert.Empty(await database.EventsAsync(_stream));
    }

    [Fact]
    public async Task Placeholders_and_values_must_be_as_many()
    {
        await using var session = database.Store.LightweightSession();
        Assert.Throws<ArgumentException>(() => session.QueueSqlCommand("select ?, '?'", 1, 2));
        Assert.Throws<ArgumentException>(() => session.Events.StartStream(_stream));
        Assert.Throws<ArgumentNullException>(() => session.Events.Append(_stream, [null!]));
        await session.SaveChangesAsync();
    }

    private Task StartAsync() =>
        database.SaveAsync(session => session.Events.StartStream(_stream, new Opened("a"), new Counted(1)));

    // The refused one is neither the first nor the last of its session, by key or by order.
    private Task SaveAmongOthersAsync(bool prepared, Action<IDocumentSession> refused) => database.SaveAsync(
        session =>
        {
            session.Events.StartStream("a-" + _stream, new Opened("before"));
            session.Events.Append(_stream + "-z", new Opened("before too"));
            refused(session);
            session.Events.Append("a2-" + _stream, new Opened("after"));
            session.QueueSqlCommand("insert into seen (stream) values (?)", _stream);
        },
        prepared ? database.Preparing : database.Store);

    private async Task AssertUntouchedAsync()
    {
        Assert.Equal([1L, 2L], (await database.EventsAsync(_stream)).Select(e => e.Version));
        Assert.Equal(2, await database.ScalarAsync<long>("select count(*) from seen where stream like $1", $"%{_stream}%"));
        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from mt_streams where id like $1", $"%{_stream}%"));
    }
}
