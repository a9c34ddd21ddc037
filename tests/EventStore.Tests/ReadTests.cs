using Xunit;

namespace Scalelite.EventStore.Tests;

public sealed class ReadTests(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    // What Marten 9 left in its tables, column by column.
    private const string MartensEvent =
        """
        insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers, is_archived)
        values (nextval('mt_events_sequence'), $2, $1, $3, $4::jsonb, $5, '2026-11-20 08:00:00.123456+00', '*DEFAULT*', 'Elsewhere.Painted, Elsewhere', $6, $7, $8::jsonb, false)
        """;

    private readonly string _stream = StoreDatabase.NewStream();

    [Fact]
    public async Task An_event_is_written_as_marten_writes_it()
    {
        await database.SaveAsync(session =>
        {
            session.SetHeader("actor", "admin");
            session.SetHeader("n", 7);
            session.Events.StartStream(_stream, new Painted(
                Colour.DeepBlue, null, new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.FromHours(1)).AddTicks(1234567), 1.50m, [1, 2]));
        });

        var row = Assert.Single(await database.RowsAsync(
            "select version, data::text, bdata, type, tenant_id, mt_dotnet_type, correlation_id, causation_id, headers::text, is_archived from mt_events where stream_id = $1", _stream));
        Assert.Equal(
            [
                1L,
                """{"At": "2026-11-20T08:00:00.1234567+01:00", "By": null, "Coats": [1, 2], "Price": 1.50, "Colour": "DeepBlue"}""",
                null, "painted", "*DEFAULT*", "Scalelite.EventStore.Tests.Painted, Scalelite.EventStore.Tests", null, null,
                """{"n": 7, "actor": "admin"}""", false,
            ],
            row);
        var stream = Assert.Single(await database.RowsAsync("select type, version, tenant_id, is_archived from mt_streams where id = $1", _stream));
        Assert.Equal([null, 1L, "*DEFAULT*", false], stream);
    }

    [Fact]
    public async Task A_row_of_marten_is_read()
    {
        await MartenStartsAsync(version: 2);
        var id = Guid.NewGuid();
        await database.ExecuteAsync(
            MartensEvent, _stream, id, 1L,
            """{"By": "me", "At": "2026-11-20T08:00:00.1234567+01:00", "Coats": [], "Price": 2, "Colour": "Red", "Added later": 1}""",
            "painted", "request", "command", """{"actor": "admin", "n": 7, "deep": {"a": 1}, "none": null, "half": 0.5, "yes": true}""");
        await database.ExecuteAsync(MartensEvent, _stream, Guid.NewGuid(), 2L, """{"N": 3}""", "counted", DBNull.Value, DBNull.Value, "null");

        var events = await database.EventsAsync(_stream);
        var painted = Assert.IsType<Painted>(events[0].Data);
        Assert.Equal((Colour.Red, "me", 2m), (painted.Colour, painted.By, painted.Price));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.FromHours(1)).AddTicks(1234567), painted.At);
        Assert.Equal((id, 1L, "painted", "request", "command"), (events[0].Id, events[0].Version, events[0].EventTypeName, events[0].CorrelationId, events[0].CausationId));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero).AddTicks(1234560), events[0].Timestamp);
        Assert.Equal(["admin", "7", """{"a": 1}""", "0.5", "True"], new[] { "actor", "n", "deep", "half", "yes" }.Select(key => events[0].Headers![key].ToString()));
        Assert.Equal(new Counted(3), events[1].Data);
        Assert.Null(events[1].Headers);
        Assert.Null(events[1].CorrelationId);

        await database.SaveAsync(session => session.Events.Append(_stream, 3, new Closed()));
        Assert.Equal(3, (await database.EventsAsync(_stream)).Count);
    }

    [Fact]
    public async Task An_event_of_an_unknown_type_is_named_and_never_passed_over()
    {
        await MartenStartsAsync(version: 1);
        await database.ExecuteAsync(MartensEvent, _stream, Guid.NewGuid(), 1L, "{}", "burned_down", DBNull.Value, DBNull.Value, DBNull.Value);

        var unknown = await Assert.ThrowsAsync<UnknownEventTypeException>(() => database.EventsAsync(_stream));
        Assert.Equal("burned_down", unknown.EventTypeName);
        Assert.Contains("'burned_down'", unknown.Message);
    }

    [Fact]
    public async Task A_stream_is_read_up_to_a_version_and_from_one_on()
    {
        await database.SaveAsync(session => session.Events.StartStream(_stream, new Opened("a"), new Counted(1), new Counted(2), new Closed()));

        await using var session = database.Store.LightweightSession();
        Assert.Equal([2L, 3L], (await session.Events.FetchStreamAsync(_stream, version: 3, fromVersion: 2)).Select(e => e.Version));
        Assert.Empty(await session.Events.FetchStreamAsync(_stream, timestamp: DateTimeOffset.UtcNow.AddDays(-1)));
        Assert.Equal(new Shop(_stream, "a", 2), await session.Events.AggregateStreamAsync<Shop>(_stream, version: 3));
        Assert.Equal(new Shop(_stream, "", 2), await session.Events.AggregateStreamAsync<Shop>(_stream));
        Assert.Equal(new Shop("x", "x", 1), await session.Events.AggregateStreamAsync(_stream, 2, null, new Shop("x", "x", 0), 2));
        Assert.Null(await session.Events.AggregateStreamAsync<Shop>(_stream, fromVersion: 2));
        var tally = await session.Events.AggregateStreamAsync<Tally>(_stream);
        Assert.Equal(3, tally!.Sum);
        Assert.Equal([1L], tally.Versions);
    }

    private Task MartenStartsAsync(long version) =>
        database.ExecuteAsync("insert into mt_streams (id, type, version, tenant_id) values ($1, 'shop', $2, '*DEFAULT*')", _stream, version);
}
