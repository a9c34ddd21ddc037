using System.Text.Json;
using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Keeping;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Recordings;
using Scalelite.Domain.Tenants;
using Scalelite.EventLog.Forgetting;
using Scalelite.Projections;
using Scalelite.Testing;
using Scalelite.Workers.Keeping;
using Xunit;

namespace Scalelite.Workers.Tests.Keeping;

public sealed class ForgettingTests : IAsyncLifetime
{
    private KeptLog _log = null!;

    private Forgetting Forgetting => _log.Pool.Reader<Forgetting>();

    public async Task InitializeAsync() => _log = await KeptLog.OpenAsync(keeping => keeping with { RecordingMetadata = TimeSpan.FromDays(30) });

    public async Task DisposeAsync() => await _log.DisposeAsync();

    [Fact]
    public async Task A_meeting_loses_its_name_its_metadata_and_its_sealed_urls_and_nothing_else()
    {
        var meeting = await _log.MeetingAsync("a", ended: true);
        var other = await _log.MeetingAsync("a", ended: true, "other room");
        await _log.StoreSecretAsync(meeting.ToString(), "callback:bn-recording-ready-url");
        await _log.StoreSecretAsync(meeting.ToString(), "moderator-password");
        await _log.StoreSecretAsync(other.ToString(), "callback:bn-recording-ready-url");
        await _log.StoreSecretAsync("a", "server");
        await _log.SealAsync();
        var before = await StoredAsync();

        var done = await DoneAsync(new ForgetSubject.Meeting(meeting));

        var forgotten = Assert.Single(done.Events);
        Assert.Equal((Streams.Meeting(meeting), 2), (forgotten.Stream, done.Secrets));
        Assert.Equal(["Name", "Metadata"], forgotten.Fields);
        var after = await StoredAsync();
        Assert.Equal(before.Keys, after.Keys.Where(number => number != after.Keys.Max()));
        Assert.Equal([forgotten.Number], before.Keys.Where(number => before[number] != after[number]));
        using (var stored = JsonDocument.Parse(after[forgotten.Number].Data))
        {
            Assert.Equal((JsonValueKind.Null, JsonValueKind.Null, "room"), (
                stored.RootElement.GetProperty("Name").ValueKind, stored.RootElement.GetProperty("Metadata").ValueKind, stored.RootElement.GetProperty("MeetingId").GetString()));
        }

        Assert.Equal((before[forgotten.Number].Digest, after[forgotten.Number].Digest), (forgotten.Was, forgotten.Is));
        Assert.Equal((0, 1, 1), (await _log.SecretsAsync(meeting.ToString()), await _log.SecretsAsync(other.ToString()), await _log.SecretsAsync("a")));

        await using (var session = _log.Pool.Store.LightweightSession())
        {
            var told = Assert.Single(await session.Events.FetchStreamAsync(Streams.Log));
            Assert.Equal(("test", "because", "forget"), (told.Headers!["actor"].ToString(), told.Headers["reason"].ToString(), told.CausationId));
            Assert.Equal($"meeting {meeting}", Assert.IsType<DataForgotten>(told.Data).Subject);
            var aggregate = await session.Events.AggregateStreamAsync<Meeting>(Streams.Meeting(meeting));
            Assert.Null(aggregate!.Name);
            Assert.Empty(aggregate.Metadata);
        }

        Assert.Equal("{} ", await RowAsync("select metadata::text || ' ' || coalesce(name, '') from meeting_instance where instance = $1", meeting));
        Assert.NotNull(await RowAsync("select name from meeting_instance where instance = $1", other));
        await _log.AssertReadModelsHoldAsync([.. ReadModels.All.Select(model => model.Name)]);
        await _log.SealAsync();
        Assert.Empty(await _log.WrongAsync());

        Assert.Empty((await DoneAsync(new ForgetSubject.Meeting(meeting))).Events);
        Assert.Equal(1, await _log.CountAsync(Streams.Log));
    }

    [Fact]
    public async Task A_recording_loses_its_names_metadata_and_the_words_on_its_slides_in_every_event()
    {
        await ImportAsync("rec-1");
        await _log.Pool.AppendAsync(
            Streams.Recording("rec-1"),
            new RecordingMetadataChanged("rec-1", new Dictionary<string, string> { ["name"] = "Jane" }, ["bbb-origin"], DateTimeOffset.UtcNow),
            new RecordingDeleted("rec-1", "a person", DateTimeOffset.UtcNow),
            new RecordingRestored("rec-1", DateTimeOffset.UtcNow));
        await ImportAsync("rec-1", "video");
        await _log.Pool.AppendAsync(Streams.Recording("rec-1"), new RecordingDeleted("rec-1", "a person", DateTimeOffset.UtcNow));
        await TakeOverAsync("rec-2");
        await _log.SealAsync();

        foreach (var id in new[] { "rec-1", "rec-2" }) await DoneAsync(new ForgetSubject.Recording(id));

        Assert.DoesNotContain("Jane", string.Concat((await StoredAsync()).Values.Select(stored => stored.Data)), StringComparison.Ordinal);
        Assert.Equal(
            ["Formats[].Thumbnails[].Alt", "Recording.Metadata", "Recording.Name"],
            (await _log.EventsAsync<DataForgotten>(Streams.Log))[1].Events.Single().Fields.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["recording_imported", "recording_metadata_changed", "recording_imported"],
            (await _log.EventsAsync<DataForgotten>(Streams.Log))[0].Events.Select(e => TypeOf(e.Number)));
        await _log.AssertReadModelsHoldAsync("recordings", "admin_changes");
        await using var session = _log.Pool.Store.LightweightSession();
        Assert.Empty((await session.Events.AggregateStreamAsync<Recording>(Streams.Recording("rec-1")))!.Metadata);
        await _log.SealAsync();
        Assert.Empty(await _log.WrongAsync());

        string? TypeOf(long number) => _log.Database.ScalarAsync<string>("select type from mt_events where seq_id = $1", number).GetAwaiter().GetResult();
    }

    [Fact]
    public async Task What_is_live_is_not_forgotten_unless_a_recording_is_forced()
    {
        var live = await _log.MeetingAsync("a", ended: false);
        await ImportAsync("rec-1");

        Assert.Contains("goes on", await RefusedAsync(new ForgetSubject.Meeting(live), force: true), StringComparison.Ordinal);
        Assert.Contains("delete it first", await RefusedAsync(new ForgetSubject.Recording("rec-1")), StringComparison.Ordinal);
        Assert.IsType<ForgetOutcome.Unknown>(await Forgetting.ForgetAsync(new ForgetSubject.Recording("rec-2"), KeptLog.By, false, false, default));
        Assert.IsType<ForgetOutcome.Unknown>(await Forgetting.ForgetAsync(new ForgetSubject.Tenant("rec-2"), KeptLog.By, false, false, default));
        Assert.Equal(0, await _log.CountAsync(Streams.Log));

        Assert.Single((await DoneAsync(new ForgetSubject.Recording("rec-1"), force: true)).Events);
        Assert.Equal("published ", await RowAsync("select state || ' ' || name from recording_catalog where record_id = 'rec-1'"));
        Assert.Equal("/t.png", await RowAsync("select thumbnails -> 0 ->> 'Path' from recording_format"));
        await _log.AssertReadModelsHoldAsync("recordings");

        // A further format brings them back, as its archive has them.
        await ImportAsync("rec-1", "video");
        Assert.Equal("published Jane's lecture", await RowAsync("select state || ' ' || name from recording_catalog where record_id = 'rec-1'"));
        await _log.AssertReadModelsHoldAsync("recordings");
    }

    [Fact]
    public async Task A_tenant_that_was_removed_is_forgotten_with_all_its_meetings_and_recordings()
    {
        var tenant = Guid.NewGuid().ToString();
        var at = DateTimeOffset.UtcNow;
        await _log.Pool.AppendAsync(
            Streams.Tenant(tenant), new TenantAdded(tenant, "jane", ["fingerprint"], at), new TenantRenamed(tenant, "jane-2", at),
            new TenantSettingSet(tenant, "s1", "welcome", "Ask Jane", false, at));
        for (var i = 0; i < 120; i++) await _log.MeetingAsync("a", ended: true, $"room {i}", tenant);
        await ImportAsync("rec-1", tenant: tenant);
        Assert.Contains("remove it first", await RefusedAsync(new ForgetSubject.Tenant(tenant)), StringComparison.Ordinal);

        await _log.Pool.AppendAsync(Streams.Tenant(tenant), new TenantRemoved(tenant, at));
        Assert.Contains("not deleted", await RefusedAsync(new ForgetSubject.Tenant(tenant)), StringComparison.Ordinal);
        await _log.Pool.AppendAsync(Streams.Recording("rec-1"), new RecordingDeleted("rec-1", "a person", at));

        Assert.Equal(124, (await DoneAsync(new ForgetSubject.Tenant(tenant))).Events.Count);
        Assert.DoesNotContain("Jane", string.Concat((await StoredAsync()).Values.Select(stored => stored.Data)), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, await _log.CountAsync(Streams.Log));
        await _log.AssertReadModelsHoldAsync("tenants", "meetings", "recordings");
    }

    [Fact]
    public async Task A_dry_run_or_a_kill_leaves_everything_as_it_was()
    {
        var meeting = await _log.MeetingAsync("a", ended: true);
        await _log.StoreSecretAsync(meeting.ToString(), "callback:endcallbackurl");
        await _log.Pool.AppendAsync(Streams.Log, new StreamPruned("callback-x", 1, 1, 1, "", DateTimeOffset.UtcNow));
        var before = await StoredAsync();

        var would = Assert.IsType<ForgetOutcome.Done>(await Forgetting.ForgetAsync(new ForgetSubject.Meeting(meeting), KeptLog.By, false, dryRun: true, default));
        Assert.Equal((1, 1), (would.Events.Count, would.Secrets));
        Assert.Equal(before, await StoredAsync());

        // Its last step waits for this; by then the fields are null in its transaction.
        await using var other = await _log.Database.Source.OpenConnectionAsync();
        await using (await other.BeginTransactionAsync())
        {
            await using (var take = new NpgsqlCommand("select from mt_streams where id = 'log' for update", other)) await take.ExecuteNonQueryAsync();
            var killed = Forgetting.ForgetAsync(new ForgetSubject.Meeting(meeting), KeptLog.By, false, dryRun: false, default);
            await Eventually.HoldsAsync(
                "it was killed while it waited", () => _log.Database.ScalarAsync<bool>(
                    """
                    select coalesce(bool_or(pg_terminate_backend(pid)), false) from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock' and query ilike '%mt_streams%'
                    """));
            await Assert.ThrowsAnyAsync<Exception>(() => killed);
        }

        Assert.Equal(before, await StoredAsync());
        Assert.Equal((1, "Jane Doe's office hour"), (await _log.SecretsAsync(meeting.ToString()), await RowAsync("select name from meeting_instance")));
        await DoneAsync(new ForgetSubject.Meeting(meeting));
    }

    [Fact]
    public void Every_name_and_every_metadata_of_the_domains_events_can_be_forgotten()
    {
        var known = EventFields.Names.SelectMany(type => type.Value.Select(field => $"{type.Key} {field.Split('.')[^1]}")).ToHashSet(StringComparer.Ordinal);
        foreach (var type in DomainEvents.Types.Where(type => type.Namespace!.Contains("Meetings", StringComparison.Ordinal) || type.Namespace.Contains("Recordings", StringComparison.Ordinal)))
        {
            var name = string.Concat(type.Name.Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
            foreach (var property in type.GetProperties().SelectMany(p => p.PropertyType == typeof(RecordingDescription) ? p.PropertyType.GetProperties() : [p]))
            {
                if (property.Name is "Name" or "Metadata") Assert.Contains($"{name} {property.Name}", known);
            }
        }
    }

    [Fact]
    public async Task Deleted_recordings_old_callbacks_and_sealed_urls_go_when_the_settings_say_so()
    {
        var at = DateTimeOffset.UtcNow;
        foreach (var (id, deleted) in new[] { ("old", at.AddDays(-31)), ("young", at.AddDays(-29)) })
        {
            await ImportAsync(id);
            await _log.Pool.AppendAsync(Streams.Recording(id), new RecordingDeleted(id, "a person", deleted));
        }

        var (delivered, waiting, recent) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await _log.Pool.AppendAsync(Streams.Callback(delivered), Owed(delivered), new CallbackDelivered(delivered, 1, 200, 5, at.AddDays(-91)));
        await _log.Pool.AppendAsync(Streams.Callback(waiting), Owed(waiting), new CallbackAttempted(waiting, 1, 500, "answered 500", 5, at.AddDays(-91), at.AddDays(-92)));
        await _log.Pool.AppendAsync(Streams.Callback(recent), Owed(recent), new CallbackAbandoned(recent, 1, 500, "over", at.AddDays(-89)));
        foreach (var callback in new[] { delivered, waiting, recent }) await _log.StoreSecretAsync($"callback-{callback}", "callback-url");

        var ended = Guid.CreateVersion7(at.AddDays(-100));
        var running = Guid.CreateVersion7(at.AddDays(-100));
        foreach (var (run, room) in new[] { (ended, "1"), (running, "2") })
        {
            await _log.Pool.AppendAsync(Streams.Meeting(run), TestRun(run, room, at));
            await _log.StoreSecretAsync(run.ToString(), "callback:bn-recording-ready-url");
        }

        await _log.Pool.AppendAsync(Streams.Meeting(ended), new MeetingEnded(ended, "a", EndLearned.Polls, at.AddDays(-91), 1, 1, [], at.AddDays(-91)));
        await _log.StoreSecretAsync("server-1", "server");
        await _log.StoreSecretAsync("server-2", "server", at.AddDays(-1));
        await _log.SealAsync();

        var report = await _log.Pool.Reader<HistoryKeeping>().LookAsync(KeptLog.By, leisurely: false, null, default);

        Assert.Equal(new KeepingReport(0, 0, Callbacks: 1, Recordings: 1, Secrets: 2), report);
        Assert.Equal(new KeepingReport(0, 0, 0, 0, 0), await _log.Pool.Reader<HistoryKeeping>().LookAsync(KeptLog.By, leisurely: false, null, default));
        Assert.Equal(["old"], (await _log.EventsAsync<DataForgotten>(Streams.Log)).Select(forgotten => forgotten.Subject["recording ".Length..]));
        Assert.Equal([Streams.Callback(delivered)], (await _log.EventsAsync<StreamPruned>(Streams.Log)).Select(told => told.Stream));
        var secrets = await _log.Database.RowsAsync("select owner from secret where kind <> 'canary' order by 1");
        Assert.Equal(
            new[] { $"callback-{waiting}", $"callback-{recent}", running.ToString(), "server-1" }.Order(StringComparer.Ordinal),
            secrets.Select(row => (string)row[0]!).Order(StringComparer.Ordinal));
        await _log.AssertReadModelsHoldAsync("callbacks", "recordings");
        await _log.SealAsync();
        Assert.Empty(await _log.WrongAsync());
    }

    private static CallbackRegistered Owed(Guid callback) => new(
        callback, CallbackKind.RecordingReady, "", null, "room", null, "fingerprint", "lms.example", null, DateTimeOffset.UtcNow.AddDays(-92));

    private static MeetingPlaced TestRun(Guid run, string room, DateTimeOffset at) =>
        Pool.TestPool.Placed(run, "a", room, at) with { At = at.AddDays(-100) };

    private Task ImportAsync(string id, string format = "presentation", string tenant = "") => _log.Pool.AppendAsync(Streams.Recording(id), new RecordingImported(
        id, tenant, Guid.NewGuid(), null, Described(id), Format(format), RecordingPlace.Published, true, DateTimeOffset.UtcNow));

    private Task TakeOverAsync(string id) => _log.Pool.AppendAsync(
        Streams.Recording(id),
        new RecordingTakenOver(id, "", null, Described(id), [Format("presentation"), Format("video")], true, false, false, DateTimeOffset.UtcNow),
        new RecordingDeleted(id, "a person", DateTimeOffset.UtcNow));

    private static RecordingDescription Described(string id) => new(
        id, "room", id, "Jane's lecture", 1, 2, 3, null, false, null, [], new Dictionary<string, string> { ["bbb-context"] = "Jane", ["bbb-origin"] = "Moodle" });

    private static RecordingFormat Format(string format) =>
        new(format, $"/{format}/", 60, null, null, [new Thumbnail("/t.png", 10, 10, "Dr Jane Doe"), new Thumbnail("/u.png", null, null, "")], 1, 10, null);

    private async Task<ForgetOutcome.Done> DoneAsync(ForgetSubject subject, bool force = false) =>
        Assert.IsType<ForgetOutcome.Done>(await Forgetting.ForgetAsync(subject, KeptLog.By, force, dryRun: false, default));

    private async Task<string> RefusedAsync(ForgetSubject subject, bool force = false) =>
        Assert.IsType<ForgetOutcome.Refused>(await Forgetting.ForgetAsync(subject, KeptLog.By, force, dryRun: false, default)).Why;

    private Task<string?> RowAsync(string sql, params object[] values) => _log.Database.ScalarAsync<string>(sql, values);

    private async Task<SortedDictionary<long, (string Data, string Digest)>> StoredAsync() => new((await _log.Database.RowsAsync(
        "select seq_id, data::text, encode(sha256(convert_to(data::text, 'UTF8')), 'hex') from mt_events")).ToDictionary(row => (long)row[0]!, row => ((string)row[1]!, (string)row[2]!)));
}
