using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Scalelite.EventLog.Sealing;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.EventLog.Tests.Sealing;

public sealed class EventLeavesTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        using var host = await TestHost.CreateAsync(_database.Source, [], []);
        // In the shapes that Marten and programs that use it leave behind.
        await _database.ExecuteAsync(
            """
            insert into mt_streams (id, version) values ('s', 4), ('größe', 1), ('mt_tombstone', 0), ('old', 1), ('elsewhere', 0);
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, correlation_id, causation_id, headers, is_archived) values
            (1, '01234567-89ab-cdef-0123-456789abcdef', 's', 1, '{"B": 1, "A": 1.50}', 'thing_seen', '2026-01-01 12:34:56.789012+02', 'x', 'cor', '', '{"actor": "me"}', false),
            (2, '01234567-89ab-cdef-0123-456789abcde0', 's', 2, 'null', 'thing_seen', '2026-01-01Z', null, null, null, null, false),
            (3, '01234567-89ab-cdef-0123-456789abcde1', 's', 3, '{}', 'thing_seen', '2026-01-01Z', 'x', null, null, 'null', null),
            (4, '01234567-89ab-cdef-0123-456789abcde2', 'größe', 1, '{"N": "Ü"}', 'thing_seen', '1999-12-31Z', 'x', '', null, '{}', false),
            (5, '01234567-89ab-cdef-0123-456789abcde3', 'mt_tombstone', 5, '{}', 'tombstone', '2026-01-01Z', 'x', null, null, null, false),
            (6, '01234567-89ab-cdef-0123-456789abcde4', 'old', 1, '{}', 'thing_seen', '2026-01-01Z', 'x', null, null, null, true),
            (7, '01234567-89ab-cdef-0123-456789abcde5', 's', 4, '{}', 'thing_seen', '2026-01-01Z', 'x', null, null, null, false);
            """);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task All_events_but_tombstones_have_a_leaf()
    {
        Assert.Equal([1, 2, 3, 4, 6, 7], (await ReadAsync()).Select(leaf => leaf.Number));
        Assert.Equal([2, 3], (await ReadAsync(after: 1, limit: 2)).Select(leaf => leaf.Number));
    }

    [Fact]
    public async Task A_leaf_is_made_of_what_is_stored_and_of_nothing_else()
    {
        var leaves = (await ReadAsync()).ToDictionary(leaf => leaf.Number);
        var first = Metadata(
            1, "01234567-89ab-cdef-0123-456789abcdef", "s", 1, "thing_seen",
            new DateTimeOffset(2026, 1, 1, 10, 34, 56, TimeSpan.Zero).AddMicroseconds(789012), "cor", "", """{"actor": "me"}""");
        Assert.Equal(first, leaves[1].Metadata);
        Assert.Equal(SHA256.HashData("""{"A": 1.50, "B": 1}"""u8), leaves[1].Data);
        Assert.Equal(EventLeaf.Of(first, archived: false, leaves[1].Data), leaves[1].Leaf);
        Assert.Equal(
            Metadata(4, "01234567-89ab-cdef-0123-456789abcde2", "größe", 1, "thing_seen", new DateTimeOffset(1999, 12, 31, 0, 0, 0, TimeSpan.Zero), "", null, "{}"),
            leaves[4].Metadata);
        Assert.Equal(EventLeaf.Of(leaves[6].Metadata, archived: true, leaves[6].Data), leaves[6].Leaf);
        Assert.All(leaves.Values.Where(leaf => leaf.Number != 6), leaf => Assert.False(leaf.Archived));
    }

    [Fact]
    public async Task No_column_reads_as_another_and_null_is_neither_empty_nor_the_JSON_null()
    {
        var before = (await ReadAsync()).ToDictionary(leaf => leaf.Number, leaf => Convert.ToHexString(leaf.Leaf));
        var seen = new HashSet<string>(before.Values);
        foreach (var change in (string[])
            [
                "correlation_id = 'co', causation_id = 'r'", "correlation_id = null", "causation_id = null", "causation_id = 'cor', correlation_id = ''",
                "headers = null", "headers = 'null'", "headers = '{}'", "version = 9", "type = 'thing_see'", "timestamp = timestamp + interval '1 microsecond'",
                "id = '01234567-89ab-cdef-0123-456789abcdee'", "stream_id = 'elsewhere'", "data = data || '{\"A\": 1.5}'", "is_archived = true",
            ])
        {
            Assert.True(seen.Add(await ChangedAsync(change)), change);
        }

        Assert.Equal(before[1], await ChangedAsync("mt_dotnet_type = 'Another.Name, Elsewhere'"));
        Assert.Equal(before[3], await ChangedAsync("is_archived = false", number: 3));
    }

    [Fact]
    public async Task Whatever_a_session_is_set_to_the_leaves_are_the_same()
    {
        var usual = await ReadAsync();
        await using var connection = await _database.Source.OpenConnectionAsync();
        await using (var set = new NpgsqlCommand(
            "set timezone = 'Asia/Kathmandu'; set datestyle = 'German, DMY'; set bytea_output = 'escape'; set extra_float_digits = -5; set intervalstyle = 'iso_8601'",
            connection))
        {
            await set.ExecuteNonQueryAsync();
        }

        var unusual = await EventLeaves.ReadAsync(connection, 0, 99, 99);
        Assert.Equal(usual.Select(leaf => Convert.ToHexString(leaf.Leaf)), unusual.Select(leaf => Convert.ToHexString(leaf.Leaf)));
    }

    [Fact]
    public async Task A_stream_has_the_root_of_its_leaves()
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        var leaves = (await ReadAsync()).Where(leaf => leaf.Stream == "s").ToList();
        Assert.Equal(
            new StreamRoot(4, 1, 7, Convert.ToHexStringLower(MerkleTree.Root(leaves.Select(leaf => leaf.Leaf)))),
            await EventLeaves.RootOfStreamAsync(connection, "s"));
        Assert.Null(await EventLeaves.RootOfStreamAsync(connection, "none"));
    }

    private async Task<IReadOnlyList<EventLeaf>> ReadAsync(long after = 0, int limit = 99)
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        return await EventLeaves.ReadAsync(connection, after, 99, limit);
    }

    private async Task<string> ChangedAsync(string change, long number = 1)
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var update = new NpgsqlCommand($"update mt_events set {change} where seq_id = {number}", connection);
        Assert.Equal(1, await update.ExecuteNonQueryAsync());
        return Convert.ToHexString((await EventLeaves.ReadAsync(connection, number - 1, number, 1)).Single().Leaf);
    }

    private static byte[] Metadata(
        long number, string id, string stream, long version, string type, DateTimeOffset at, string? correlation, string? causation, string? headers)
    {
        var bytes = new List<byte>();
        void Number(long value)
        {
            var buffer = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(buffer, value);
            bytes.AddRange(buffer);
        }

        void Text(string value)
        {
            var (buffer, utf8) = (new byte[4], Encoding.UTF8.GetBytes(value));
            BinaryPrimitives.WriteInt32BigEndian(buffer, utf8.Length);
            bytes.AddRange([.. buffer, .. utf8]);
        }

        void Optional(string? value)
        {
            bytes.Add(value is null ? (byte)0 : (byte)1);
            if (value is not null) Text(value);
        }

        Number(number);
        bytes.AddRange(Guid.Parse(id).ToByteArray(bigEndian: true));
        Text(stream);
        Number(version);
        Text(type);
        Number((at - new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)).Ticks / TimeSpan.TicksPerMicrosecond);
        Optional(correlation);
        Optional(causation);
        Optional(headers);
        return SHA256.HashData(bytes.ToArray());
    }
}
