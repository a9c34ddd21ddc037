using Scalelite.EventLog.Sealing;
using Scalelite.EventLog.Sealing.Verifying;
using Scalelite.Testing;

namespace Scalelite.EventLog.Tests.Sealing;

/// <summary>A log of rows written by hand, sealed five events at a time, with the copy of the seals that is outside.</summary>
internal sealed class SealedLog : IAsyncDisposable
{
    public const int EventsOfSeal = 5;
    public const string KeyBase = "a key base for the tests of seals";

    private readonly List<string> _outside = [];

    private SealedLog(TestDatabase database) => (Database, Seals) = (database, new LogSeals(database.Source));

    public TestDatabase Database { get; }

    public LogSeals Seals { get; }

    /// <summary>The lines that were written outside.</summary>
    public IList<string> Outside => _outside;

    /// <summary>Twenty events, the odd ones in stream <c>a</c>, the even ones in <c>b</c>, in four seals; the number 8 was given back.</summary>
    public static async Task<SealedLog> CreateAsync()
    {
        var log = new SealedLog(await TestDatabase.CreateAsync());
        using var host = await TestHost.CreateAsync(log.Database.Source, [], []);
        await DatabaseSchema.InstallAsync(log.Database.Source, DatabaseSchema.Scripts);
        await log.Database.ExecuteAsync(
            """
            insert into mt_streams (id, version) values ('a', 0), ('b', 0), ('log', 0), ('mt_tombstone', 0);
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, headers)
            select n, gen_random_uuid(), case n % 2 when 1 then 'a' else 'b' end, n, jsonb_build_object('N', n, 'Name', 'a person'), 'thing_seen',
                   '2026-01-01Z'::timestamptz + n * interval '1 minute', 'x', '{"actor": "me"}'
            from generate_series(1, 21) n where n <> 8;
            select setval('mt_events_sequence', 21);
            """);
        await log.SealAsync(21);
        await log.Database.ExecuteAsync(
            "create table kept_streams as table mt_streams; create table kept_events as table mt_events; create table kept_seals as table log_seal");
        return log;
    }

    /// <summary>Makes everything in the database as it was at first.</summary>
    public Task RestoreAsync() => Database.ExecuteAsync(
        """
        delete from mt_streams;
        delete from log_seal;
        insert into mt_streams table kept_streams;
        insert into mt_events table kept_events;
        insert into log_seal table kept_seals;
        """);

    /// <summary>Seals all up to a number, and writes the seals outside.</summary>
    public async Task SealAsync(long upTo, string keyBase = KeyBase)
    {
        var sealer = new LogSealer(Database.Source, new SealKey(keyBase), TimeProvider.System);
        while (await sealer.SealAsync(upTo, EventsOfSeal) is { } seal) _outside.Add(seal.ToLine());
    }

    /// <summary>Appends an event to the stream <c>log</c>; it is not sealed yet.</summary>
    public Task TellAsync(long number, string type, string data, string actor = "cli:somebody") => Database.ExecuteAsync(
        """
        insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type, headers)
        values ($1, gen_random_uuid(), 'log', $1, $2::text::jsonb, $3, now(), 'x', jsonb_build_object('actor', $4::text, 'reason', 'asked for'))
        """,
        number, data, type, actor);

    /// <summary>Overwrites the name in an event and tells of it.</summary>
    public async Task ForgetAsync(long number, long toldBy, string field = "Name")
    {
        const string Digest = "select encode(sha256(convert_to(data::text, 'UTF8')), 'hex') from mt_events where seq_id = $1";
        var was = await Database.ScalarAsync<string>(Digest, number);
        await Database.ExecuteAsync("update mt_events set data = jsonb_set(data, array[$2], 'null') where seq_id = $1", number, field);
        var since = await Database.ScalarAsync<string>(Digest, number);
        await TellAsync(toldBy, "data_forgotten", $$"""{"Events": [{"Stream": "a", "Number": {{number}}, "Fields": ["{{field}}"], "Was": "{{was}}", "Is": "{{since}}"}]}""");
    }

    /// <summary>Deletes a stream and tells of it.</summary>
    public async Task PruneAsync(string stream, long toldBy)
    {
        await using var connection = await Database.Source.OpenConnectionAsync();
        var root = (await EventLeaves.RootOfStreamAsync(connection, stream))!;
        await Database.ExecuteAsync("delete from mt_streams where id = $1", stream);
        await TellAsync(
            toldBy, "stream_pruned",
            $$"""{"Stream": "{{stream}}", "Events": {{root.Events}}, "FirstNumber": {{root.FirstNumber}}, "LastNumber": {{root.LastNumber}}, "RootHash": "{{root.Root}}"}""");
    }

    /// <summary>The findings as they are found, without a copy outside.</summary>
    public IAsyncEnumerable<AuditFinding> FindAsync() => new LogVerification(Database.Source, [new(KeyBase)]).VerifyAsync(1, null, new VerifyProgress());

    /// <summary>All findings but that events are not sealed yet.</summary>
    /// <param name="outside">Whether the copy outside is compared.</param>
    public async Task<List<AuditFinding>> VerifyAsync(bool outside = true, long from = 1, params string[] formerKeyBases)
    {
        SealKey[] keys = [new(KeyBase), .. formerKeyBases.Select(former => new SealKey(former))];
        OutsideSeals? copies = null;
        if (outside)
        {
            copies = new OutsideSeals();
            await copies.ReadAsync(new StringReader(string.Concat(_outside)), "copy", keys);
        }

        var findings = new List<AuditFinding>();
        await foreach (var finding in new LogVerification(Database.Source, keys).VerifyAsync(from, copies, new VerifyProgress()))
            if (finding.Kind != AuditFindingKind.NotSealed) findings.Add(finding);
        return findings;
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
