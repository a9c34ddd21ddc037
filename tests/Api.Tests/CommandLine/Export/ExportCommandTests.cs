using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Scalelite.Api.CommandLine.Export;
using Scalelite.Api.CommandLine.Export.Parquet;
using Scalelite.Projections.Analytics;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine.Export;

public sealed class ExportCommandTests(ExportCommandTests.LongDay day) : IClassFixture<ExportCommandTests.LongDay>
{
    internal const int Minutes = 300_000;

    [Fact]
    public async Task A_view_is_printed_as_CSV_that_reads_as_it_was()
    {
        var ran = await day.Commands.RunAsync("export", "meetings");
        Assert.Equal((0, ""), (ran.Code, ran.Error));
        var rows = Csv(ran.Out);
        Assert.Equal(["instance", "tenant_id", "tenant", "meeting_id"], rows[0].Take(4));
        var column = rows[0].IndexOf("meeting_id");
        Assert.Equal(["plain", "a,b", "say \"hi\"", "two\r\nlines", " padded ", ""], rows.Skip(1).Select(row => row[column]));
        Assert.Equal("2026-03-02T08:00:00.123456Z", rows[1][rows[0].IndexOf("placed_at")]);
        Assert.Equal("7.25", rows[1][rows[0].IndexOf("mean_users")]);
        Assert.Equal(["true", "false"], rows.Skip(1).Take(2).Select(row => row[rows[0].IndexOf("recordable")]));
        // Null and an empty text are told apart.
        Assert.Contains(",\"\",", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_is_printed_as_an_object_a_line_with_its_types()
    {
        var ran = await day.Commands.RunAsync("export", "meetings", "--format", "jsonl");
        var rows = ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["plain", "a,b", "say \"hi\"", "two\r\nlines", " padded ", ""], rows.Select(row => row.GetProperty("meeting_id").GetString()));
        Assert.Equal(
            (JsonValueKind.Null, 12, 7.25, true, new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero).AddMicroseconds(123_456)),
            (rows[0].GetProperty("tenant").ValueKind, rows[0].GetProperty("peak_users").GetInt32(), rows[0].GetProperty("mean_users").GetDouble(),
                rows[0].GetProperty("recordable").GetBoolean(), rows[0].GetProperty("placed_at").GetDateTimeOffset()));
    }

    [Fact]
    public async Task From_is_in_and_to_is_not_and_rows_come_in_order_of_time()
    {
        foreach (var format in new[] { "csv", "jsonl" })
        {
            var ran = await day.Commands.RunAsync(
                "export", "server_minutes", "--from", "2026-01-02", "--to", "2026-01-02T00:10:00Z", "--format", format);
            Assert.Equal(format == "csv" ? 21 : 20, ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        }

        var minutes = Csv((await day.Commands.RunAsync("export", "server_minutes", "--from", "2026-01-02", "--to", "2026-01-09")).Out).Skip(1).Select(row => row[2]).ToArray();
        Assert.Equal((2 * 7 * 1440, "2026-01-02T00:00:00Z", "2026-01-08T23:59:00Z"), (minutes.Length, minutes[0], minutes[^1]));
        Assert.Equal(minutes.Order(StringComparer.Ordinal), minutes);
    }

    [Fact]
    public async Task Every_view_is_written_in_every_format()
    {
        var folder = Directory.CreateTempSubdirectory("scalelite-export");
        try
        {
            foreach (var view in AnalyticsSchema.Views.Where(view => view.Name != "server_minutes"))
            {
                var counts = new List<long>();
                foreach (var format in new[] { "csv", "jsonl", "parquet" })
                {
                    var path = Path.Combine(folder.FullName, $"{view.Name}.{format}");
                    var ran = await day.Commands.RunAsync("export", view.Name, "--format", format, "--output", path);
                    Assert.Equal((0, ""), (ran.Code, ran.Error));
                    counts.Add(format switch
                    {
                        "csv" => Csv(await File.ReadAllTextAsync(path)).Count - 1,
                        "jsonl" => (await File.ReadAllLinesAsync(path)).Length,
                        _ => new ParquetFile(await File.ReadAllBytesAsync(path)).Rows,
                    });
                    Assert.Equal($"{counts[^1]} rows of {view.Name}\n", ran.Out.ReplaceLineEndings("\n"));
                }

                Assert.Equal(await day.Commands.Database.ScalarAsync<long>($"select count(*) from analytics.{view.Name}"), Assert.Single(counts.Distinct()));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(2, "export")]
    [InlineData(2, "export", "mt_events")]
    [InlineData(2, "export", "meetings", "--format", "xlsx")]
    [InlineData(2, "export", "meetings", "--from", "yesterday")]
    [InlineData(1, "export", "meetings", "--format", "parquet")]
    [InlineData(1, "export", "servers", "--from", "-1d")]
    [InlineData(1, "export", "meetings", "--from", "-1d", "--to", "-2d")]
    public async Task What_cannot_be_is_refused(int code, params string[] arguments) => Assert.Equal(code, (await day.Commands.RunAsync(arguments)).Code);

    [Fact]
    public async Task What_an_archive_says_that_is_no_time_holds_nothing_up()
    {
        var written = await day.Commands.RunAsync("export", "recordings");
        var rows = Csv(written.Out);
        var started = rows[0].IndexOf("started_at");
        Assert.Equal(["1970-01-01T00:00:00", "2023-11-14T22:13:20", "9999-12-31T23:59:59"], rows.Skip(1).Select(row => row[started][..19]));
    }

    [Fact]
    public async Task The_views_are_described()
    {
        var ran = await day.Commands.RunAsync("analytics", "views");
        Assert.Equal(AnalyticsSchema.Views.Count, ran.Out.Split('\n').Count(line => line.StartsWith("### ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_history_without_rows_is_a_line_of_names()
    {
        Assert.Equal("server_id,host,tag", (await day.Commands.RunAsync("export", "servers")).Out.TrimEnd('\n')[..18]);
        Assert.Equal(["event_id", "at"], Assert.Single(Csv((await day.Commands.RunAsync("export", "admin_changes")).Out)).Take(2));
        Assert.Equal("", (await day.Commands.RunAsync("export", "admin_changes", "--format", "jsonl")).Out);
    }

    [Fact]
    public async Task A_role_of_analysts_is_made_and_taken_back()
    {
        var role = $"reports_{Guid.NewGuid():n}";
        var made = await day.Commands.RunAsync("analytics", "grant", role, "--create", "--password", "hush-hush");
        Assert.Equal((0, $"{role} reads the views of the schema analytics\n"), (made.Code, made.Out.ReplaceLineEndings("\n")));
        Assert.True(await day.Commands.Database.ScalarAsync<bool>($"select has_table_privilege('{role}', 'analytics.meetings', 'select')"));
        Assert.False(await day.Commands.Database.ScalarAsync<bool>($"select has_table_privilege('{role}', 'mt_events', 'select')"));
        Assert.Equal(1, (await day.Commands.RunAsync("analytics", "grant", role, "--create")).Code);
        Assert.Equal(1, (await day.Commands.RunAsync("analytics", "grant", "no such role")).Code);

        Assert.Equal(0, (await day.Commands.RunAsync("analytics", "revoke", role)).Code);
        Assert.False(await day.Commands.Database.ScalarAsync<bool>($"select has_table_privilege('{role}', 'analytics.meetings', 'select')"));
        await day.Commands.Database.ExecuteAsync($"drop role {role}");
    }

    /// <summary>Cells by line, as RFC 4180 reads them.</summary>
    private static List<List<string>> Csv(string text)
    {
        var rows = new List<List<string>>();
        var (row, cell, quoted) = (new List<string>(), "", false);
        var at = 0;
        while (at < text.Length)
        {
            var c = text[at++];
            if (quoted && c == '"' && at < text.Length && text[at] == '"')
            {
                cell += '"';
                at++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && c is ',' or '\n' && !quoted)
            {
                row.Add(cell);
                cell = "";
                if (c == ',') continue;
                rows.Add(row);
                row = [];
            }
            else
            {
                cell += c;
            }
        }

        Assert.False(quoted);
        Assert.Empty(row);
        return rows;
    }

    /// <summary>Meetings with hard names, and minutes of two servers for a hundred days.</summary>
    public sealed class LongDay : IAsyncLifetime
    {
        private static readonly string Fill = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            insert into meeting_instance (instance, tenant_id, meeting_id, server_id, state, record, placed_at, started_at, ended_at, how, peak_users, mean_users)
            select md5(m)::uuid, '', m, 'a', 'ended', n = 1, at, at, at + interval '1 hour', 'Polls', 12, 7.25
            from (
                select m, n, '2026-03-02T08:00:00.123456Z'::timestamptz + interval '1 minute' * (n - 1) as at
                from unnest(array['plain', 'a,b', 'say "hi"', e'two\r\nlines', ' padded ', '']) with ordinality as u (m, n)) r;
            insert into recording_catalog (record_id, tenant_id, meeting_id, name, state, start_time, end_time, is_breakout, imported_at)
            select 'r' || n, '', 'm', '', 'published', n, -n, false, now() from unnest(array[-9000000000000000000, 1700000000000, 9000000000000000000]) n;
            insert into poll_history select 'a', '2026-03-02Z'::timestamptz + interval '1 minute' * n, n, 80, n % 2 = 0, 1, 2, 3, case when n % 2 = 1 then 'timeout' end from generate_series(1, 500) n;
            insert into server_minute
            select s, '2026-01-01T00:00:00Z'::timestamptz + interval '1 minute' * n, 6, 0, n, 5, n % 300, 20
            from unnest(array['node-one-of-the-pool', 'node-two-of-the-pool']) s, generate_series(0, {Minutes / 2} - 1) n;
            analyze
            """);

        internal Commands Commands { get; } = new();

        public async Task InitializeAsync()
        {
            await Commands.InitializeAsync();
            await using (await Commands.HostAsync())
            {
                await Commands.Database.ExecuteAsync(Fill);
            }
        }

        public Task DisposeAsync() => Commands.DisposeAsync();
    }
}
