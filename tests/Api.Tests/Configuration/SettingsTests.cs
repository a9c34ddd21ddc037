using System.Net;
using Microsoft.Extensions.Configuration;
using Scalelite.Api.Configuration;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Configuration;

public sealed class SettingsTests
{
    [Fact]
    public void Without_any_setting_the_defaults_are_Scalelites()
    {
        var settings = Right([]);

        Assert.Equal(TimeSpan.FromSeconds(60), settings.Polling.Interval);
        Assert.Equal((2, 1, 64), (settings.Polling.UnhealthyThreshold, settings.Polling.HealthyThreshold, settings.Polling.InFlight));
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)), (settings.Nodes.ConnectTimeout, settings.Nodes.ResponseTimeout));
        Assert.Equal((15, TimeSpan.FromMinutes(15)), (settings.Placement.MinimumUsers, settings.Placement.JoinBuffer));
        Assert.Equal("http://0.0.0.0:3000", settings.Http.Listen);
        Assert.Equal(ChecksumAlgorithms.All, settings.Security.AllowedAlgorithms);
        Assert.Equal(ChecksumAlgorithm.Sha256, settings.Security.OutgoingAlgorithm);
        Assert.Null(settings.Meetings.MaximumDuration);
    }

    [Fact]
    public void The_records_defaults_are_those_of_the_reference()
    {
        var read = Right([]);
        var made = new Settings();

        Assert.Equal(made.Admin, read.Admin);
        Assert.Equal(made.Nodes, read.Nodes);
        Assert.Equal(made.Polling, read.Polling);
        Assert.Equal(made.Placement, read.Placement);
        Assert.Equal(made.Meetings, read.Meetings);
        Assert.Equal(made.VoiceBridges, read.VoiceBridges);
        Assert.Equal(made.Logging, read.Logging);
        Assert.Equal(made.Recordings, read.Recordings);
        Assert.Equal(made.Imports, read.Imports with { Enabled = false });
        Assert.Equal(made.Bucket, read.Bucket);
        Assert.Equal(made.Playback, read.Playback);
        Assert.Equal(made.Callbacks, read.Callbacks with { Allowed = made.Callbacks.Allowed });
        Assert.Equal(made.Http.Listen, read.Http.Listen);
        Assert.Equal(made.Security.RetiredSecrets, read.Security.RetiredSecrets);
    }

    [Fact]
    public void Every_example_of_the_reference_is_accepted()
    {
        var examples = SettingsReference.Groups.SelectMany(group => group.Settings).ToDictionary(s => s.Name, s => (string?)s.Example);
        // The reference shows its beginning only.
        examples["CF_PRIVATE_KEY_B64"] = RecordingSettingsTests.PrivateKey();

        var reading = SettingsReading.From(From(examples), Needs.Everything);

        Assert.Empty(reading.Problems);
    }

    /// <summary>A setting that is read into nothing, or into another's place, would be a line in a table and no more.</summary>
    [Fact]
    public void Every_setting_makes_a_difference()
    {
        var examples = SettingsReference.Groups.SelectMany(group => group.Settings).ToDictionary(s => s.Name, s => (string?)s.Example);
        examples["CF_PRIVATE_KEY_B64"] = RecordingSettingsTests.PrivateKey();
        var without = new List<string>();
        foreach (var setting in SettingsReference.Groups.SelectMany(group => group.Settings))
        {
            string?[] values = [examples[setting.Name], "false", "true", "7"];
            var read = values.Select(value => Told(SettingsReading.From(From(new(examples) { [setting.Name] = value }), Needs.Nothing))).Distinct().ToList();
            if (read.Count == 1 && read[0] == Told(SettingsReading.From(From(new(examples) { [setting.Name] = null }), Needs.Nothing))) without.Add(setting.Name);
        }

        Assert.Empty(without);
    }

    [Fact]
    public void All_problems_are_said_at_once_with_name_value_and_what_is_allowed()
    {
        var reading = Read(new()
        {
            ["POLL_INTERVAL"] = "soon",
            ["GET_MEETINGS_API_DISABLED"] = "yes",
            ["PORT"] = "70000",
            ["PLACEMENT_POLICY"] = "best",
        });

        Assert.Null(reading.Settings);
        Assert.Equal(4, reading.Problems.Count);
        Assert.Contains("POLL_INTERVAL is 'soon', which cannot be right. Allowed: seconds from 0.1 to 86400, fractions allowed", reading.Problems);
        Assert.Contains("GET_MEETINGS_API_DISABLED is 'yes', which cannot be right. Allowed: true or false", reading.Problems);
        Assert.Contains("PORT is '70000', which cannot be right. Allowed: a whole number from 0 to 65535", reading.Problems);
        Assert.Contains(
            "PLACEMENT_POLICY is 'best', which cannot be right. Allowed: one of least-load, scalelite, round-robin, two-choices", reading.Problems);
    }

    [Fact]
    public void A_wrong_secret_is_never_shown()
    {
        var reading = Read(new()
        {
            ["SECRET_KEY_BASE"] = "tiny-key",
            ["LOADBALANCER_SECRET"] = "open sesame",
            ["LOADBALANCER_SECRETS"] = "first::third",
            ["DATABASE_URL"] = "mysql://me:hunter2@db/x",
        });

        Assert.Equal(4, reading.Problems.Count);
        var said = string.Join('\n', reading.Problems);
        Assert.All(["tiny-key", "sesame", "third", "hunter2"], secret => Assert.DoesNotContain(secret, said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("TRUE", true)]
    [InlineData("False", false)]
    public void A_boolean_is_true_or_false_in_any_case(string text, bool expected) =>
        Assert.Equal(expected, Right(new() { ["SERVER_ID_IS_HOSTNAME"] = text }).Nodes.ServerIdIsHostName);

    [Theory]
    [InlineData("SERVER_ID_IS_HOSTNAME", "1")]
    [InlineData("SERVER_ID_IS_HOSTNAME", "on")]
    [InlineData("LOAD_MIN_USER_COUNT", "15.5")]
    [InlineData("LOAD_MIN_USER_COUNT", "-1")]
    [InlineData("CONNECT_TIMEOUT", "0")]
    [InlineData("CONNECT_TIMEOUT", "NaN")]
    [InlineData("CONNECT_TIMEOUT", "1e1")]
    [InlineData("RESPONSE_TIMEOUT", "5s")]
    [InlineData("URL_HOST", "https://bbb.example.org")]
    [InlineData("BIND", "tcp://somewhere:3000")]
    [InlineData("BIND", "unix://relative.sock")]
    [InlineData("TRUSTED_PROXIES", "10.0.0.1/33")]
    [InlineData("TRUSTED_PROXIES", "proxy.example.org")]
    [InlineData("LOADBALANCER_CHECKSUM_ALGORITHM", "MD5")]
    [InlineData("DEFAULT_CREATE_PARAMS", "welcome")]
    [InlineData("DEFAULT_CREATE_PARAMS", "a=1,a=2")]
    [InlineData("OVERRIDE_CREATE_PARAMS", "meetingID=one")]
    [InlineData("JOIN_EXCLUDE_PARAMS", "a,,b")]
    [InlineData("MULTITENANCY_ENABLED", "yes")]
    [InlineData("CREATE_DEADLINE", "5")]
    public void What_cannot_be_right_is_refused(string name, string text)
    {
        var problem = Assert.Single(Read(new() { [name] = text }).Problems);
        Assert.StartsWith($"{name} is '{text}'", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_says_which_settings_it_misses()
    {
        var reading = SettingsReading.From(From([]), Needs.Everything);

        Assert.Equal(["SECRET_KEY_BASE", "LOADBALANCER_SECRET", "DATABASE_URL"], reading.Problems.Select(p => p.Split(' ')[0]));
    }

    [Fact]
    public void Secrets_are_the_first_then_the_others_each_once()
    {
        var security = Right(new() { ["LOADBALANCER_SECRET"] = "b", ["LOADBALANCER_SECRETS"] = "a:b:c" }).Security;
        Assert.Equal(["b", "a", "c"], security.LoadBalancerSecrets);
    }

    [Fact]
    public void Outgoing_calls_take_the_strongest_algorithm_allowed()
    {
        var security = Right(new() { ["LOADBALANCER_CHECKSUM_ALGORITHM"] = "sha512:SHA1" }).Security;
        Assert.Equal(ChecksumAlgorithms.Of(ChecksumAlgorithm.Sha1, ChecksumAlgorithm.Sha512), security.AllowedAlgorithms);
        Assert.Equal(ChecksumAlgorithm.Sha512, security.OutgoingAlgorithm);
    }

    [Fact]
    public void A_comma_in_a_parameters_value_is_escaped()
    {
        var parameters = Right(new() { ["DEFAULT_CREATE_PARAMS"] = "welcome=Hello\\, all,logo=https://a/?x=1,empty=" }).Parameters;
        Assert.Equal([new("welcome", "Hello, all"), new("logo", "https://a/?x=1"), new("empty", "")], parameters.DefaultCreate);
    }

    [Theory]
    [InlineData("127.0.0.1", "4000", "http://127.0.0.1:4000")]
    [InlineData("tcp://0.0.0.0:3001", "4000", "http://0.0.0.0:3001")]
    [InlineData("::1", null, "http://[::1]:3000")]
    [InlineData("unix:///run/scalelite.sock", null, "http://unix:/run/scalelite.sock")]
    [InlineData(null, "4000", "http://0.0.0.0:4000")]
    public void Port_and_bind_make_one_address(string? bind, string? port, string expected) =>
        Assert.Equal(expected, Right(new() { ["BIND"] = bind, ["PORT"] = port }).Http.Listen);

    [Fact]
    public void Proxies_are_addresses_and_networks()
    {
        var proxies = Right(new() { ["TRUSTED_PROXIES"] = "10.0.0.0/8, ::1" }).Http.TrustedProxies;
        Assert.Equal([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("::1/128")], proxies);
    }

    [Fact]
    public void Few_poller_threads_are_raised_with_a_line_at_the_start()
    {
        var reading = Read(new() { ["POLLER_THREADS"] = "5" });
        Assert.Equal(32, reading.Settings!.Polling.InFlight);
        Assert.StartsWith("POLLER_THREADS is 5, raised to 32", Assert.Single(reading.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_no_effect_is_said_once_each()
    {
        var reading = Read(new()
        {
            ["REDIS_URL"] = "redis://x",
            ["NGINX_SSL"] = "true",
            ["RAILS_ENV"] = "",
        });

        Assert.Equal(
            [
                "NGINX_SSL is ignored: it belonged to Scalelite's containers",
                "REDIS_URL is ignored: there is no Redis",
            ],
            reading.Notices);
    }

    [Fact]
    public void A_new_setting_can_stand_in_appsettings_and_the_environment_wins()
    {
        Assert.Equal(TimeSpan.FromSeconds(90), Right(new() { ["Placement:MoveAfter"] = "90" }).Placement.MoveAfter);
        Assert.Equal(TimeSpan.FromSeconds(30), Right(new() { ["Placement:MoveAfter"] = "90", ["MOVE_AFTER"] = "30" }).Placement.MoveAfter);
    }

    [Theory]
    [InlineData(null, 60)]
    [InlineData("20", 20)]
    public void Interval_is_another_name_of_the_poll_interval(string? pollInterval, int seconds) =>
        Assert.Equal(
            seconds, Right(new() { ["INTERVAL"] = pollInterval is null ? null : "10", ["POLL_INTERVAL"] = pollInterval }).Polling.Interval.TotalSeconds);

    [Fact]
    public void Timeouts_for_servers_in_doubt_are_a_tenth_but_not_too_short()
    {
        var nodes = new NodeSettings();
        Assert.Equal((0.5, 1.0), (nodes.ShortConnectTimeout.TotalSeconds, nodes.ShortResponseTimeout.TotalSeconds));
        var quick = new NodeSettings { ConnectTimeout = TimeSpan.FromSeconds(1), ResponseTimeout = TimeSpan.FromSeconds(0.3) };
        Assert.Equal((0.2, 0.3), (quick.ShortConnectTimeout.TotalSeconds, quick.ShortResponseTimeout.TotalSeconds));
    }

    private static Settings Right(Dictionary<string, string?> values)
    {
        var reading = Read(values);
        Assert.Empty(reading.Problems);
        return reading.Settings!;
    }

    private static SettingsReading Read(Dictionary<string, string?> values) => SettingsReading.From(From(values), Needs.Nothing);

    private static IConfiguration From(Dictionary<string, string?> values) => new ConfigurationBuilder().AddInMemoryCollection(values).Build();

    /// <summary>What was read, value by value; or why nothing was, without the setting's own name.</summary>
    private static string Told(SettingsReading reading) =>
        reading.Settings is null ? "refused" : Told(reading.Settings with { Given = new Dictionary<string, string?>() }, 0);

    private static string Told(object? value, int depth) => value switch
    {
        null => "-",
        string or IFormattable or bool => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value}"),
        System.Collections.IEnumerable list => $"[{string.Join(';', list.Cast<object?>().Select(one => Told(one, depth + 1)))}]",
        _ when value.GetType().Namespace?.StartsWith("Scalelite", StringComparison.Ordinal) == true && depth < 5 => string.Join(
            ',', value.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0).Select(property => $"{property.Name}={Told(property.GetValue(value), depth + 1)}")),
        _ => value.ToString() ?? "",
    };
}
