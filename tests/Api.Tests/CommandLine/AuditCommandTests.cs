using System.Text.Json;
using Scalelite.EventLog.Sealing;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine;

public sealed class AuditCommandTests(Commands commands) : IClassFixture<Commands>, IAsyncLifetime
{
    private readonly string _file = Path.GetTempFileName();

    public async Task InitializeAsync()
    {
        commands.Environment["AUDIT_SEAL_FILE"] = _file;
        Assert.Equal(0, (await commands.RunAsync("servers", "add", $"http://127.0.0.1:9/{Guid.NewGuid():n}/bigbluebutton/", "secret", "--reason", "a new one")).Code);
        await SealAsync();
    }

    public Task DisposeAsync()
    {
        File.Delete(_file);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_log_as_it_was_is_said_to_be_and_what_is_not_compared_is_told()
    {
        await File.WriteAllTextAsync(_file, await LinesAsync());
        var right = await commands.RunAsync("audit", "verify");
        Assert.Equal((0, ""), (right.Code, right.Error));
        Assert.EndsWith(": all is as it was sealed\n", right.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", right.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("note", right.Out, StringComparison.Ordinal);

        File.Delete(_file);
        var alone = await commands.RunAsync("audit", "verify");
        Assert.Equal(0, alone.Code);
        Assert.Contains("note:  no copy of the seals outside the database was compared: only accidents and careless hands are found out", alone.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_named_and_the_exit_code_is_one()
    {
        var number = await commands.Database.ScalarAsync<long>("select max(seq_id) from mt_events where type = 'server_registered'");
        var data = await commands.Database.ScalarAsync<string>("select data::text from mt_events where seq_id = $1", number);
        var last = (await new LogSeals(commands.Database.Source).LastAsync())!.Seal;
        await commands.Database.ExecuteAsync("update mt_events set data = data || '{\"Url\": \"http://elsewhere/\"}' where seq_id = $1", number);
        try
        {
            var ran = await commands.RunAsync("audit", "verify", "--seal", last.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal((1, ""), (ran.Code, ran.Error));
            Assert.Contains($"wrong: event {number} has other data than when it was sealed (stream server-", ran.Out, StringComparison.Ordinal);
            Assert.Contains("1 seal, ", ran.Out, StringComparison.Ordinal);
            Assert.EndsWith(": 1 thing is wrong\n", ran.Out, StringComparison.Ordinal);

            var json = JsonDocument.Parse((await commands.RunAsync("audit", "verify", "--from", "-1h", "--json")).Out).RootElement;
            Assert.Equal(1, json.GetProperty("wrong").GetInt64());
            var finding = json.GetProperty("findings").EnumerateArray().Single(one => one.GetProperty("is_wrong").GetBoolean());
            Assert.Equal("data_changed", finding.GetProperty("kind").GetString());
            Assert.Equal(number, finding.GetProperty("numbers")[0].GetInt64());
            Assert.Equal(1, (await commands.RunAsync("audit", "verify", "--from", "-1h")).Code);
        }
        finally
        {
            await commands.Database.ExecuteAsync("update mt_events set data = $2::text::jsonb where seq_id = $1", number, data!);
        }
    }

    [Fact]
    public async Task A_copy_that_was_kept_elsewhere_tells_what_the_database_lost()
    {
        var copy = Path.GetTempFileName();
        try
        {
            var next = new SealKey(commands.Environment["SECRET_KEY_BASE"]!);
            var last = (await new LogSeals(commands.Database.Source).LastAsync())!;
            await File.WriteAllTextAsync(copy, await LinesAsync() + next.Sign(last with { Seal = last.Seal + 1, First = last.Last + 1, Last = last.Last + 9 }).ToLine());
            var ran = await commands.RunAsync("audit", "verify", "--file", copy);
            Assert.Equal(1, ran.Code);
            Assert.Contains($"wrong: the log once reached number {last.Last + 9}: seal {last.Seal + 1} is not in the database", ran.Out, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    [Theory]
    [InlineData("--from and --seal say the same", "--from", "-1h", "--seal", "1")]
    [InlineData("Nothing was sealed at 2099-01-01", "--from", "2099-01-01")]
    [InlineData("The copy of the seals cannot be read", "--file", "/nowhere/at/all")]
    public async Task What_cannot_be_done_is_refused(string why, params string[] arguments)
    {
        var ran = await commands.RunAsync(["audit", "verify", .. arguments]);
        Assert.Equal(1, ran.Code);
        Assert.Contains(why, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_are_listed_with_who_when_what_and_why()
    {
        var ran = await commands.RunAsync("audit", "log");
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Contains("a new one", ran.Out, StringComparison.Ordinal);
        Assert.Contains("registered at http://127.0.0.1:9/", ran.Out, StringComparison.Ordinal);
        Assert.Contains("cli:", ran.Out, StringComparison.Ordinal);

        Assert.Equal(1, JsonDocument.Parse((await commands.RunAsync("audit", "log", "--limit", "1", "--json")).Out).RootElement.GetArrayLength());
        foreach (var arguments in (string[][])[["--actor", "nobody"], ["--to", "2020-01-01"], ["--from", "2099-01-01"]])
            Assert.Equal("No changes", (await commands.RunAsync(["audit", "log", .. arguments])).Out.Trim());
        Assert.NotEqual("No changes", (await commands.RunAsync("audit", "log", "--actor", $"cli:{Environment.UserName}", "--from", "-1h", "--to", "now")).Out.Trim());
    }

    [Fact]
    public async Task Streams_that_were_pruned_are_listed_on_demand()
    {
        await commands.Database.ExecuteAsync(
            """
            insert into admin_change (event_id, at, type, subject_kind, subject_id, summary, actor)
            values (gen_random_uuid(), now(), 'stream_pruned', 'log', 'polls-a-20260101', 'pruned: 8 events, 1 to 8', 'keeping')
            """);
        Assert.DoesNotContain("polls-a-20260101", (await commands.RunAsync("audit", "log")).Out, StringComparison.Ordinal);
        Assert.Contains("polls-a-20260101", (await commands.RunAsync("audit", "log", "--all")).Out, StringComparison.Ordinal);
    }

    private async Task SealAsync()
    {
        var upTo = await commands.Database.ScalarAsync<long>("select max(seq_id) from mt_events");
        await new LogSealer(commands.Database.Source, new SealKey(commands.Environment["SECRET_KEY_BASE"]!), TimeProvider.System).SealAsync(upTo);
    }

    private async Task<string> LinesAsync() =>
        string.Concat((await new LogSeals(commands.Database.Source).ListAsync(null, 1000)).Select(seal => seal.ToLine()));
}
