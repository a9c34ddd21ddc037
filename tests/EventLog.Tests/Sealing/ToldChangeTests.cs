using Scalelite.EventLog.Sealing.Verifying;
using Xunit;

namespace Scalelite.EventLog.Tests.Sealing;

public sealed class ToldChangeTests : IAsyncLifetime
{
    private SealedLog _log = null!;

    public async Task InitializeAsync() => _log = await SealedLog.CreateAsync();

    public async Task DisposeAsync() => await _log.DisposeAsync();

    [Fact]
    public async Task A_redaction_is_told_with_who_did_it()
    {
        await _log.ForgetAsync(7, toldBy: 22);
        await AssertRedactedAsync();
        await _log.SealAsync(22);
        await AssertRedactedAsync();

        // And once more, another field.
        await _log.ForgetAsync(7, toldBy: 23, field: "N");
        await AssertRedactedAsync();
    }

    [Fact]
    public async Task What_was_redacted_before_it_was_sealed_and_again_after_is_right()
    {
        await _log.Database.ExecuteAsync(
            """
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp)
            values (22, gen_random_uuid(), 'a', 22, '{"N": 1, "Name": "x"}', 'thing_seen', now())
            """);
        await _log.ForgetAsync(22, toldBy: 23);
        await _log.SealAsync(23);
        Assert.Empty(await _log.VerifyAsync());
        await _log.ForgetAsync(22, toldBy: 24, field: "N");
        Assert.Equal(AuditFindingKind.Redacted, Assert.Single(await _log.VerifyAsync()).Kind);
    }

    [Fact]
    public async Task A_redaction_excuses_only_what_it_tells()
    {
        foreach (var tampering in (string[])
            [
                "update mt_events set data = data || '{\"N\": 70}' where seq_id = 7",
                "update mt_events set timestamp = now() where seq_id = 7",
                "update mt_events set data = jsonb_set(data, '{Events,0,Number}', '9') where seq_id = 22",
                "update mt_events set data = jsonb_set(data, '{Events,0,Was}', data#>'{Events,0,Is}') where seq_id = 22",
                "update mt_events set data = '{\"Events\": 7}' where seq_id = 22",
                "update mt_events set data = '{\"Events\": [1, {\"Number\": \"x\"}, {\"Number\": 7}]}' where seq_id = 22",
                "delete from mt_events where seq_id = 22",
            ])
        {
            await _log.ForgetAsync(7, toldBy: 22);
            await _log.Database.ExecuteAsync(tampering);
            var finding = Assert.Single(await _log.VerifyAsync());
            Assert.Equal((tampering, AuditFindingKind.DataChanged), (tampering, finding.Kind));
            Assert.Equal([7L], finding.Numbers!);
            await _log.RestoreAsync();
        }
    }

    [Fact]
    public async Task A_pruned_stream_is_told_with_who_did_it()
    {
        await _log.PruneAsync("a", toldBy: 22);
        foreach (var _ in (int[])[1, 2])
        {
            var finding = Assert.Single(await _log.VerifyAsync());
            Assert.Equal((AuditFindingKind.Pruned, false, "a", "cli:somebody"), (finding.Kind, finding.IsWrong, finding.Stream, finding.Actor));
            Assert.StartsWith("11 events were pruned by cli:somebody at ", finding.Detail, StringComparison.Ordinal);
            await _log.SealAsync(22);
        }

        Assert.Equal(AuditFindingKind.Pruned, Assert.Single(await _log.VerifyAsync(from: 3)).Kind);
    }

    [Fact]
    public async Task A_pruning_excuses_only_what_it_tells()
    {
        foreach (var tampering in (string[])
            [
                "update mt_events set data = jsonb_set(data, '{Events}', '10') where seq_id = 22",
                "update mt_events set data = jsonb_set(data, '{RootHash}', '\"00\"') where seq_id = 22",
                "update mt_events set data = jsonb_set(data, '{LastNumber}', '19') where seq_id = 22",
                "update mt_events set data = jsonb_set(data, '{Stream}', '\"b\"') where seq_id = 22",
                "update mt_events set data = '[]' where seq_id = 22",
                "delete from mt_events where seq_id = 22",
            ])
        {
            await _log.PruneAsync("a", toldBy: 22);
            await _log.Database.ExecuteAsync(tampering);
            var findings = await _log.VerifyAsync();
            Assert.NotEmpty(findings);
            Assert.All(findings, finding => Assert.True(finding.Kind is AuditFindingKind.EventsRemoved or AuditFindingKind.PruningWrong, tampering));
            await _log.RestoreAsync();
        }
    }

    [Fact]
    public async Task What_is_pruned_and_redacted_while_it_is_verified_is_told_as_well()
    {
        await _log.Database.ExecuteAsync("update mt_events set timestamp = now() where seq_id = 2");
        var findings = new List<AuditFinding>();
        await foreach (var finding in _log.FindAsync())
        {
            // The first seal has been compared.
            if (findings.Count == 0)
            {
                await _log.ForgetAsync(20, toldBy: 22);
                await _log.PruneAsync("a", toldBy: 23);
            }

            findings.Add(finding);
        }

        Assert.Equal(
            [AuditFindingKind.MetadataChanged, AuditFindingKind.Redacted, AuditFindingKind.Pruned, AuditFindingKind.NothingOutside, AuditFindingKind.NotSealed],
            findings.Select(finding => finding.Kind));
        Assert.EndsWith(" meanwhile", findings[2].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_was_changed_and_then_pruned_is_not_what_was_sealed()
    {
        await _log.Database.ExecuteAsync("update mt_events set data = '{}' where seq_id = 7");
        await _log.PruneAsync("a", toldBy: 22);
        Assert.Equal(AuditFindingKind.PruningWrong, Assert.Single(await _log.VerifyAsync()).Kind);
    }

    private async Task AssertRedactedAsync()
    {
        var finding = Assert.Single(await _log.VerifyAsync());
        Assert.Equal((AuditFindingKind.Redacted, false, "a", "cli:somebody"), (finding.Kind, finding.IsWrong, finding.Stream, finding.Actor));
        Assert.Equal([7L], finding.Numbers!);
        Assert.Contains("event 7 was redacted by cli:somebody at ", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("(asked for)", finding.Detail, StringComparison.Ordinal);
    }
}
