using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Scalelite.Api.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Configuration;

public sealed class DifferenceTests
{
    private static readonly Dictionary<string, string?> Least = new()
    {
        ["SECRET_KEY_BASE"] = "0123456789abcdef0123456789abcdef",
        ["LOADBALANCER_SECRET"] = "secret",
        ["LOADBALANCER_ADMIN_SECRET"] = "another",
        ["DATABASE_URL"] = "postgresql://scalelite:secret@127.0.0.1/scalelite",
    };

    /// <summary>An environment that feels each difference that an environment can feel.</summary>
    public static TheoryData<string, string, string> Feeling => new()
    {
        { "placement", "REDIS_URL", "redis://redis" },
        { "a server that is away", "SERVER_UNHEALTHY_THRESHOLD", "3" },
        { "MAX_MEETING_DURATION", "OVERRIDE_CREATE_PARAMS", "record=false,duration=600" },
        { "a backslash before a comma", "DEFAULT_JOIN_PARAMS", @"userdata-bbb_custom_style_url=a\,b=c" },
        { "one meetingID in two tenants", "MULTITENANCY_ENABLED", "true" },
        { "links to protected recordings", "PROTECTED_RECORDINGS_ENABLED", "true" },
        { "formats that are listed", "REDIS_URL", "redis://redis" },
        { "the presentation player", "REDIS_URL", "redis://redis" },
        { "SCALELITE_RECORDING_DIR", "SCALELITE_RECORDING_DIR", "/mnt/scalelite-recordings/var/bigbluebutton" },
        { "ends", "REDIS_URL", "redis://redis" },
        { "where callbacks may go", "REDIS_URL", "redis://redis" },
        { "FSAPI_PASSWORD", "FSAPI_PASSWORD", "" },
        { "secrets in the admin API", "REDIS_URL", "redis://redis" },
        { "who may call the admin API", "LOADBALANCER_SECRETS", "a:b" },
        { "an empty value", "LOAD_MIN_USER_COUNT", "" },
        { "HTTPS", "NGINX_SSL", "true" },
    };

    [Fact]
    public void The_page_begins_with_the_table_that_the_program_writes()
    {
        var page = File.ReadAllText(Page());
        Assert.True(
            page.Contains(Differences.ToMarkdown(), StringComparison.Ordinal),
            "The table of docs/migration.md is not what the program says: dotnet run --project src/Api -- settings --differences");
        Assert.True(page.IndexOf("\n|", StringComparison.Ordinal) < page.IndexOf("\n## ", StringComparison.Ordinal), "The table is not at the page's beginning");
    }

    [Fact]
    public void Every_difference_that_an_environment_can_feel_has_one_that_feels_it() =>
        Assert.Equal(
            Differences.All.Where(difference => difference.Felt is not null).Select(difference => difference.Subject),
            Feeling.Select(row => (string)row[0]));

    [Theory]
    [MemberData(nameof(Feeling))]
    public void What_an_environment_would_feel_is_said_once_and_not_without_it(string subject, string name, string value)
    {
        var start = $"Unlike Scalelite ({subject}): ";
        var scalelites = new Dictionary<string, string?>(Least) { ["RAILS_ENV"] = "production", ["MAX_MEETING_DURATION"] = "240", [name] = value };

        var reading = Read(scalelites);

        Assert.Empty(reading.Problems);
        Assert.Single(reading.Notices, notice => notice.StartsWith(start, StringComparison.Ordinal));
        Assert.Single(reading.Notices, notice => notice.Contains("docs/migration.md", StringComparison.Ordinal));
        Assert.DoesNotContain(Read(Least).Notices, notice => notice.Contains("Scalelite", StringComparison.Ordinal));
    }

    [Fact]
    public void The_restoring_lines_are_settings_and_nothing_is_said_of_what_they_restore()
    {
        foreach (var difference in Differences.All.Where(difference => difference.Lines.Count > 0))
        {
            var environment = new Dictionary<string, string?>(Least) { ["REDIS_URL"] = "redis://redis", ["SERVER_UNHEALTHY_THRESHOLD"] = "3" };
            foreach (var line in difference.Lines) environment[line[..line.IndexOf('=', StringComparison.Ordinal)]] = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..];
            var known = SettingsReference.Groups.SelectMany(group => group.Settings).Select(setting => setting.Name).ToHashSet();

            var reading = Read(environment);

            Assert.All(difference.Lines, line => Assert.Contains(line[..line.IndexOf('=', StringComparison.Ordinal)], known));
            Assert.Empty(reading.Problems);
            Assert.DoesNotContain(reading.Notices, notice => notice.StartsWith($"Unlike Scalelite ({difference.Subject})", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void An_environment_file_of_Scalelites_starts_unchanged_and_what_is_ignored_is_said_once()
    {
        var given = new Dictionary<string, string?>();
        foreach (var line in File.ReadLines(EnvironmentFile()).Where(line => line.Length > 0 && line[0] != '#'))
            given[line[..line.IndexOf('=', StringComparison.Ordinal)]] = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..];

        var reading = Read(given);

        Assert.Empty(reading.Problems);
        var settings = reading.Settings!;
        Assert.Equal(["first-secret", "second-secret", "third-secret"], settings.Security.LoadBalancerSecrets);
        Assert.Equal([new("webcamsOnlyForModerator", "true"), new("logo", "https://example.org/logo.png?a=b")], settings.Parameters.DefaultCreate);
        Assert.Equal(TimeSpan.FromMinutes(240), settings.Meetings.MaximumDuration);
        Assert.Equal((3, 1, TimeSpan.FromSeconds(15)), (settings.Polling.UnhealthyThreshold, settings.Polling.HealthyThreshold, settings.Polling.Interval));
        Assert.Equal(["presentation", "video"], settings.Recordings.PlaybackFormats);
        var ignored = reading.Notices.Where(notice => notice.Contains(" is ignored: ", StringComparison.Ordinal)).Select(notice => notice.Split(' ')[0]);
        Assert.Equal(
            [
                "DB_CONNECTION_RETRY_COUNT", "DEFAULT_MEETING_TTL", "NGINX_BEHIND_PROXY", "NGINX_SSL", "POLLER_WAIT_TIMEOUT", "RAILS_ENV", "RAILS_LOG_TO_STDOUT",
                "RAILS_MAX_THREADS", "REDIS_POOL", "REDIS_URL", "SCALELITE_NGINX_EXTRA_OPTS", "SCALELITE_RECORDING_DIR", "SCALELITE_TAG", "WEB_CONCURRENCY",
            ],
            ignored);
        Assert.DoesNotContain(reading.Notices, notice => notice.Contains("redis://", StringComparison.Ordinal));
    }

    private static SettingsReading Read(Dictionary<string, string?> given) =>
        SettingsReading.From(new ConfigurationBuilder().AddInMemoryCollection(given).Build(), Needs.Everything);

    private static string Page() => Path.Combine(Top(), "docs", "migration.md");

    private static string EnvironmentFile() => Path.Combine(Top(), "tests", "Interop", "scalelite", "default-scalelite");

    private static string Top([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..");
}
