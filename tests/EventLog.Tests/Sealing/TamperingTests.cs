using Npgsql;
using Scalelite.EventLog.Sealing;
using Scalelite.EventLog.Sealing.Verifying;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.EventLog.Tests.Sealing;

public sealed class TamperingTests : IAsyncLifetime
{
    private SealedLog _log = null!;

    public async Task InitializeAsync() => _log = await SealedLog.CreateAsync();

    public async Task DisposeAsync() => await _log.DisposeAsync();

    [Fact]
    public async Task A_log_that_nobody_touched_is_right()
    {
        Assert.Equal(4, _log.Outside.Count);
        Assert.Equal(21, await _log.Seals.SealedUpToAsync());
        Assert.Empty(await _log.VerifyAsync());
    }

    [Fact]
    public async Task A_changed_event_is_named_with_what_is_other()
    {
        foreach (var (change, kind, detail) in new[]
        {
            ("data = data || '{\"N\": 8}'", AuditFindingKind.DataChanged, "has other data"),
            ("timestamp = timestamp + interval '1 microsecond'", AuditFindingKind.MetadataChanged, "its data are the same"),
            ("headers = '{\"actor\": \"you\"}'", AuditFindingKind.MetadataChanged, "its data are the same"),
            ("headers = null", AuditFindingKind.MetadataChanged, "its data are the same"),
            ("type = 'thing_heard'", AuditFindingKind.MetadataChanged, "its data are the same"),
            ("version = 99", AuditFindingKind.MetadataChanged, "its data are the same"),
            ("correlation_id = ''", AuditFindingKind.MetadataChanged, "its data are the same"),
            ("stream_id = 'b', version = 99", AuditFindingKind.StreamChanged, "another stream"),
            ("is_archived = true", AuditFindingKind.Archived, "readers do not see it"),
        })
        {
            await _log.Database.ExecuteAsync($"update mt_events set {change} where seq_id = 7");
            var finding = Assert.Single(await _log.VerifyAsync());
            Assert.Equal((change, kind, 2L), (change, finding.Kind, finding.Seal));
            Assert.True(finding.IsWrong);
            Assert.Equal([7L], finding.Numbers!);
            Assert.Contains("event 7 ", finding.Detail, StringComparison.Ordinal);
            Assert.Contains(detail, finding.Detail, StringComparison.Ordinal);
            await _log.RestoreAsync();
        }
    }

    [Fact]
    public async Task What_names_the_program_that_wrote_may_change()
    {
        await _log.Database.ExecuteAsync("update mt_events set mt_dotnet_type = 'Another, Elsewhere'");
        Assert.Empty(await _log.VerifyAsync());
    }

    [Fact]
    public async Task Removed_events_are_named_with_their_stream()
    {
        await _log.Database.ExecuteAsync("delete from mt_events where seq_id in (3, 5, 6)");
        var findings = await _log.VerifyAsync();
        Assert.All(findings, finding => Assert.Equal(AuditFindingKind.EventsRemoved, finding.Kind));
        Assert.Equal([("a", "3, 5"), ("b", "6")], findings.Select(f => (f.Stream!, string.Join(", ", f.Numbers!))).Order());
    }

    [Fact]
    public async Task A_stream_that_is_gone_without_a_word_is_removed_and_not_pruned()
    {
        await _log.Database.ExecuteAsync("delete from mt_streams where id = 'a'");
        var findings = await _log.VerifyAsync();
        Assert.All(findings, finding => Assert.Equal((AuditFindingKind.EventsRemoved, null), (finding.Kind, finding.Stream)));
        Assert.Equal([1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21], findings.SelectMany(finding => finding.Numbers!));
    }

    [Fact]
    public async Task An_event_that_was_put_in_later_is_named()
    {
        // One number was given back; before the first there is none.
        foreach (var number in (long[])[8, 0, -7])
        {
            await _log.Database.ExecuteAsync(
                """
                insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type)
                values ($1, gen_random_uuid(), 'b', 1000, '{}', 'thing_seen', '2026-01-01Z', 'x')
                """,
                number);
            var finding = Assert.Single(await _log.VerifyAsync());
            Assert.Equal((AuditFindingKind.EventsInserted, "b", number), (finding.Kind, finding.Stream, Assert.Single(finding.Numbers!)));
            await _log.RestoreAsync();
        }
    }

    [Fact]
    public async Task Tombstones_come_late_by_their_nature_and_hide_no_event()
    {
        const string Tombstone =
            """
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type)
            values (8, gen_random_uuid(), 'mt_tombstone', 8, '{}', 'tombstone', now(), 'x')
            """;
        await _log.Database.ExecuteAsync(Tombstone);
        Assert.Empty(await _log.VerifyAsync());
        await _log.Database.ExecuteAsync("update mt_events set stream_id = 'mt_tombstone', version = 9 where seq_id = 9");
        Assert.Equal(AuditFindingKind.EventsRemoved, Assert.Single(await _log.VerifyAsync()).Kind);
    }

    [Fact]
    public async Task Two_events_that_changed_places_are_both_named()
    {
        await _log.Database.ExecuteAsync(
            """
            update mt_events set seq_id = -1 where seq_id = 7;
            update mt_events set seq_id = 7 where seq_id = 9;
            update mt_events set seq_id = 9 where seq_id = -1;
            """);
        var findings = await _log.VerifyAsync();
        Assert.All(findings, finding => Assert.True(finding.IsWrong));
        Assert.Equal([7L, 9L], findings.SelectMany(finding => finding.Numbers!).Order());
    }

    [Fact]
    public async Task A_deleted_seal_breaks_the_row_of_seals()
    {
        await _log.Database.ExecuteAsync("delete from log_seal where seal = 2");
        var finding = Assert.Single(await _log.VerifyAsync());
        Assert.Equal((AuditFindingKind.SealsMissing, 2L), (finding.Kind, finding.Seal));
        Assert.Contains("1 of them stand outside", finding.Detail, StringComparison.Ordinal);
        Assert.Equal(AuditFindingKind.SealsMissing, (await _log.VerifyAsync(outside: false))[0].Kind);
    }

    [Fact]
    public async Task Seals_that_close_the_gap_do_not_name_the_ones_before()
    {
        await _log.Database.ExecuteAsync("delete from log_seal where seal = 2; update log_seal set seal = seal - 1 where seal > 2");
        var kinds = (await _log.VerifyAsync(outside: false)).Select(finding => finding.Kind).ToHashSet();
        Assert.Contains(AuditFindingKind.ChainBroken, kinds);
        Assert.Contains(AuditFindingKind.SignatureWrong, kinds);
    }

    [Fact]
    public async Task A_changed_seal_is_named()
    {
        foreach (var (change, kind) in new[]
        {
            ("root = sha256('x')", AuditFindingKind.SignatureWrong),
            ("last_number = 12", AuditFindingKind.SignatureWrong),
            ("sealed_at = sealed_at + interval '1 day'", AuditFindingKind.SignatureWrong),
            ("signature = sha256('x')", AuditFindingKind.SignatureWrong),
            ("key = 'another'", AuditFindingKind.SignatureWrong),
            ("leaves = overlay(leaves placing decode('ff', 'hex') from 100)", AuditFindingKind.LeavesDamaged),
            ("leaves = ''", AuditFindingKind.LeavesDamaged),
        })
        {
            await _log.Database.ExecuteAsync($"update log_seal set {change} where seal = 2");
            foreach (var outside in (bool[])[true, false])
                Assert.True((await _log.VerifyAsync(outside)).Exists(finding => finding.Kind == kind && finding.IsWrong && finding.Seal == 2), change);
            await _log.RestoreAsync();
        }
    }

    [Fact]
    public async Task Who_changes_an_event_and_makes_its_seal_anew_lacks_the_key()
    {
        await _log.Database.ExecuteAsync("update mt_events set data = '{}' where seq_id = 20; delete from log_seal where seal = 4");
        var sealer = new LogSealer(_log.Database.Source, new SealKey("another key base, made by somebody"), TimeProvider.System);
        Assert.NotNull(await sealer.SealAsync(21, SealedLog.EventsOfSeal));
        var finding = (await _log.VerifyAsync(outside: false))[0];
        Assert.Equal((AuditFindingKind.SignatureWrong, 4L), (finding.Kind, finding.Seal));
    }

    [Fact]
    public async Task Who_has_the_key_and_makes_seals_anew_is_found_out_by_the_copy_outside_only()
    {
        var outside = _log.Outside.ToList();
        await _log.Database.ExecuteAsync("update mt_events set data = '{}' where seq_id = 12; delete from log_seal where seal >= 3");
        await _log.SealAsync(21);
        var unnoticed = Assert.Single(await _log.VerifyAsync(outside: false));
        Assert.Equal((AuditFindingKind.NothingOutside, false), (unnoticed.Kind, unnoticed.IsWrong));

        // Both in the copy that was written on, and in one from before.
        Assert.Equal([3L, 4L], (await _log.VerifyAsync()).Select(finding => finding.Seal!.Value));
        _log.Outside.Clear();
        foreach (var line in outside) _log.Outside.Add(line);
        var findings = await _log.VerifyAsync();
        Assert.All(findings, finding => Assert.Equal(AuditFindingKind.SealRewritten, finding.Kind));
        Assert.Equal(2, findings.Count);
    }

    [Fact]
    public async Task A_tail_that_was_cut_off_with_its_seals_is_found_out_by_the_copy_outside_only()
    {
        await _log.Database.ExecuteAsync("delete from mt_events where seq_id > 11; delete from log_seal where seal > 2");
        Assert.Equal(AuditFindingKind.NothingOutside, Assert.Single(await _log.VerifyAsync(outside: false)).Kind);
        var finding = Assert.Single(await _log.VerifyAsync());
        Assert.Equal((AuditFindingKind.LogTruncated, 3L), (finding.Kind, finding.Seal));
        Assert.Contains("once reached number 21: seals 3 to 4 are not in the database", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_without_any_seal_is_cut_off_too()
    {
        await _log.Database.ExecuteAsync("delete from log_seal");
        Assert.Equal(AuditFindingKind.LogTruncated, Assert.Single(await _log.VerifyAsync()).Kind);
    }

    [Fact]
    public async Task A_copy_outside_may_have_seals_twice_in_any_order_torn_or_not_at_all()
    {
        var lines = _log.Outside.ToList();
        _log.Outside.Clear();
        foreach (var line in (string[])[lines[2], lines[0][..50] + lines[0], lines[0], "\n", lines[2], lines[0], lines[3][..20]]) _log.Outside.Add(line);
        var findings = await _log.VerifyAsync();
        Assert.All(findings, finding => Assert.False(finding.IsWrong));
        Assert.Equal(
            [AuditFindingKind.LineUnreadable, AuditFindingKind.NotOutside, AuditFindingKind.NotOutside], findings.Select(finding => finding.Kind));
        Assert.Equal([null, 2L, 4L], findings.Select(finding => finding.Seal));
    }

    [Fact]
    public async Task A_line_outside_that_somebody_wrote_without_the_key_is_named()
    {
        _log.Outside[1] = _log.Outside[1].Replace("\"events\":5", "\"events\":6", StringComparison.Ordinal);
        Assert.Contains(await _log.VerifyAsync(), finding => finding is { Kind: AuditFindingKind.SignatureWrong, Seal: 2 } && finding.Detail.StartsWith("line 2 of copy", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Seals_of_a_former_key_are_right_where_it_is_given()
    {
        const string Former = "the key base before this one, 30 or more";
        await _log.Database.ExecuteAsync("delete from log_seal");
        _log.Outside.Clear();
        await _log.SealAsync(6, Former);
        await _log.SealAsync(21);
        Assert.Empty(await _log.VerifyAsync(formerKeyBases: Former));
        var findings = await _log.VerifyAsync();
        Assert.Contains(findings, finding => finding is { Kind: AuditFindingKind.SignatureWrong, Seal: 1 } && finding.Detail.StartsWith("seals 1 to 2 are signed", StringComparison.Ordinal));
        Assert.All(findings, finding => Assert.Contains("AUDIT_KEYS", finding.Detail, StringComparison.Ordinal));
    }

    [Fact]
    public async Task From_a_seal_on_only_what_is_in_it_and_behind_it_is_looked_at()
    {
        await _log.Database.ExecuteAsync("delete from mt_events where seq_id in (4, 20)");
        Assert.Equal([20L], Assert.Single(await _log.VerifyAsync(from: 2)).Numbers!);
    }

    [Fact]
    public async Task One_seals_at_a_time_and_many_at_once_make_the_same_row_of_seals()
    {
        await _log.Database.ExecuteAsync(
            """
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type)
            select n, gen_random_uuid(), 'a', n, '{}', 'thing_seen', now(), 'x' from generate_series(22, 400) n
            """);
        var key = new SealKey(SealedLog.KeyBase);
        var seals = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var sealer = new LogSealer(_log.Database.Source, key, TimeProvider.System);
            var made = new List<LogSeal>();
            while (await _log.Seals.SealedUpToAsync() < 400)
                if (await sealer.SealAsync(400, SealedLog.EventsOfSeal) is { } seal) made.Add(seal);
            return made;
        }));
        foreach (var seal in seals.SelectMany(made => made)) _log.Outside.Add(seal.ToLine());
        Assert.Equal(80, _log.Outside.Count);
        Assert.Empty(await _log.VerifyAsync());
    }

    [Fact]
    public async Task A_sealer_that_dies_leaves_no_half_seal_and_does_not_lock_others_out()
    {
        await _log.Database.ExecuteAsync(
            "insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp) values (22, gen_random_uuid(), 'a', 22, '{}', 'thing_seen', now())");
        await using (var dying = NpgsqlDataSource.Create(_log.Database.ConnectionString))
        {
            await using var connection = await dying.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("select pg_advisory_xact_lock(x'6c6f67207365616c'::bigint)", connection);
            await hold.ExecuteNonQueryAsync();
            Assert.Null(await Sealer().SealAsync(22));
        }

        await Eventually.HoldsAsync(async () => await Sealer().SealAsync(22) is { Seal: 5, First: 22, Last: 22, Events: 1 });
        Assert.Null(await Sealer().SealAsync(22));

        LogSealer Sealer() => new(_log.Database.Source, new SealKey(SealedLog.KeyBase), TimeProvider.System);
    }
}
