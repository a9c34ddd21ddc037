using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.Api.AdminV1;
using Scalelite.Api.CommandLine;
using Scalelite.Api.CommandLine.Remote;
using Scalelite.Api.Configuration;
using Scalelite.Api.Tests.Calls;
using Scalelite.Api.Tests.CommandLine;
using Scalelite.Api.Tests.CommandLine.Remote;
using Scalelite.Api.Tests.Tenants;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Domain.AdminTokens;
using Scalelite.Projections;
using Scalelite.Simulator.Faults;
using Scalelite.Workers.AdminTokens;
using Scalelite.Workers.Servers;
using Scalelite.Workers.Tenants;
using Xunit;

namespace Scalelite.Api.Tests.Invariants;

/// <summary>What must hold, 8: every call, operation and command is driven with secrets that are known here, rightly and wrongly, and all that comes of it is searched.</summary>
public sealed class No_secret_is_in_an_answer_a_log_or_an_error_page : IAsyncLifetime
{
    private static readonly string[] BbbCalls =
    [
        "", "create", "join", "isMeetingRunning", "getMeetingInfo", "getMeetings", "end", "insertDocument", "sendChatMessage", "getSessions", "getRecordings", "publishRecordings",
        "updateRecordings", "deleteRecordings", "getRecordingTextTracks", "putRecordingTextTrack", "hooks/create", "hooks/list", "hooks/destroy", "analytics_callback", "nothing",
    ];

    private static readonly string[] OldAdminCalls =
    [
        "getServers", "getServerInfo", "addServer", "updateServer", "deleteServer", "panicServer", "getTenants", "getTenantInfo", "addTenant", "updateTenant", "deleteTenant", "nothing",
    ];

    private readonly Dictionary<string, string?> _environment = new()
    {
        ["LOADBALANCER_SECRET"] = New("lms"),
        ["LOADBALANCER_SECRETS"] = New("lms2"),
        ["LOADBALANCER_ADMIN_SECRET"] = New("admin"),
        ["SECRET_KEY_BASE"] = New("key") + New("key"),
        ["FSAPI_PASSWORD"] = New("fsapi"),
        ["METRICS_TOKEN"] = New("metrics"),
        ["MULTITENANCY_ENABLED"] = "true",
        ["RAILS_LOG_LEVEL"] = "debug",
        ["BIND"] = "127.0.0.1",
        ["PORT"] = "0",
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scalelite-secrets-");
    private readonly StringBuilder _told = new();
    private readonly List<string> _secrets = [];
    private Balancer _balancer = null!;
    private string _server = "";
    private string _tenant = "";
    private string _token = "";

    public async Task InitializeAsync()
    {
        _balancer = await Balancer.StartAsync(2, defaults => Settings() with { Database = defaults.Database });
        _environment["DATABASE_URL"] = Commands.UrlOf(_balancer.Database.ConnectionString);
        _secrets.AddRange(_environment.Where(pair => pair.Value!.StartsWith("secret-", StringComparison.Ordinal)).Select(pair => pair.Value!));
        _secrets.AddRange(_balancer.Pool.Nodes.Select(node => node.Secret));
        await using var scope = _balancer.Service<IServiceScopeFactory>().CreateAsyncScope();
        var (by, none) = (new ChangedBy("test"), CancellationToken.None);
        var tenants = scope.ServiceProvider.GetRequiredService<TenantOperations>();
        _tenant = ((TenantOutcome.Done)await tenants.AddAsync("school", Secret("tenant"), by, none)).TenantId;
        await tenants.SetLrsAsync(_tenant, "https://lrs.example.org/xapi", null, new LrsCredentials { UserName = "u", Password = Secret("lrs") }, by, none);
        _server = ((ServerOutcome.Done)await scope.ServiceProvider.GetRequiredService<ServerOperations>().RegisterAsync(
            "https://gone.example.org/bigbluebutton/api", Secret("node"), 1, null, by, none)).ServerId;
        _token = ((AdminTokenOutcome.Issued)await _balancer.Service<AdminTokenOperations>().IssueAsync("sweep", AdminRole.Admin, TimeSpan.FromHours(1), by, none)).Token;
        _secrets.Add(_token);
        await TenantPool.SeenAsync();
    }

    public async Task DisposeAsync()
    {
        await _balancer.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Whatever_is_asked()
    {
        await CallAsync();
        await AdministerAsync();
        await OperateAsync();
        await CommandAsync();
        await StrayAsync();

        var (told, log) = (_told.ToString(), ConsoleText.All);
        foreach (var secret in _secrets)
        {
            Assert.DoesNotContain(secret, told, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
            Assert.Equal(0L, await _balancer.Database.ScalarAsync<long>("select count(*) from mt_events where strpos(data::text, $1) > 0 or strpos(headers::text, $1) > 0", secret));
        }

        // It is not for want of answers that nothing was found.
        foreach (var sign in new[] { "SUCCESS", "checksumError", "unsupportedRequest", "urn:scalelite:problem:", "bad-request", "Couldn't find", "OK", "\"exit\":0" })
            Assert.Contains(sign, told, StringComparison.Ordinal);
    }

    /// <summary>The API of BBB, signed rightly and wrongly, with nodes that answer and nodes that do not.</summary>
    private async Task CallAsync()
    {
        _balancer.Node("node-1").Faults.Add(Fault.ChecksumError().On("getMeetingInfo"));
        _balancer.Node("node-2").Faults.Add(Fault.HtmlError().On("sendChatMessage"));
        var query = $"meetingID=room&name=Room&fullName=A&recordID=r&publish=true&message=m&callbackURL={Uri.EscapeDataString($"https://hook.example.org/{Secret("callback")}")}"
            + $"&meta_analytics-callback-url={Uri.EscapeDataString($"https://lms.example.org/{Secret("callback")}")}";
        foreach (var call in BbbCalls)
        {
            foreach (var (host, secret) in new[] { ("127.0.0.1", _environment["LOADBALANCER_SECRET"]!), ($"school.{TenantPool.Host}", _secrets.First(s => s.Contains("tenant", StringComparison.Ordinal))) })
            {
                foreach (var target in new[]
                {
                    _balancer.Lms.Sign(call, query, with: secret), _balancer.Lms.Sign(call, "", with: secret), _balancer.Lms.Sign(call, query, with: "wrong"), $"/bigbluebutton/api/{call}?{query}",
                    $"/bigbluebutton/api/{call}?checksum={secret}",
                })
                {
                    Told(await _balancer.Lms.GetUrlAsync(target, request => request.Headers.Host = host), isEcho: call is "join" or "getMeetingInfo" or "getMeetings" or "hooks/list");
                    Told(await _balancer.Lms.SendAsync(HttpMethod.Post, target, Lms.Bytes("<modules/>"u8.ToArray(), "application/xml"), request => request.Headers.Host = host));
                }
            }
        }
    }

    /// <summary><c>/scalelite/api</c>.</summary>
    private async Task AdministerAsync()
    {
        foreach (var call in OldAdminCalls)
        {
            foreach (var (query, body) in new[]
            {
                ("", "{}"), ($"id={_server}", "{}"), ("", $$"""{"id":"{{_tenant}}"}"""), ("", $$"""{"server":{"url":"ftp://x","secret":"{{Secret("body")}}"} }"""),
                ("", $$"""{"id":"{{_server}}","server":{"secret":"{{Secret("body")}}","load_multiplier":"x"} }"""), ("", $$"""{"tenant":{"name":"school","secrets":"{{Secret("body")}}"} }"""), ("", "{"),
            })
            {
                foreach (var secret in new[] { _environment["LOADBALANCER_ADMIN_SECRET"]!, _environment["LOADBALANCER_SECRET"]! })
                {
                    var target = $"/scalelite/api/{call}?{query}{(query.Length == 0 ? "" : "&")}checksum={Checksum.Compute(ChecksumAlgorithm.Sha256, call, query, secret)}";
                    if (call is not ("deleteServer" or "deleteTenant" or "panicServer") || body == "{")
                        Told(await _balancer.Lms.SendAsync(HttpMethod.Post, target, Lms.Bytes(Encoding.UTF8.GetBytes(body), "application/json")));
                    Told(await _balancer.Lms.GetUrlAsync(target));
                }
            }
        }
    }

    /// <summary><c>/admin/api/v1</c>.</summary>
    private async Task OperateAsync()
    {
        var bodies = new[]
        {
            "", "{}", "{", $$"""{"url":"ftp://x","secret":"{{Secret("body")}}"}""", $$"""{"secret":"{{Secret("body")}}","secrets":["{{Secret("body")}}"]}""",
            $$"""{"name":"school","secrets":["{{Secret("body")}}"]}""", $$"""{"endpoint":"https://lrs.example.org","user_name":"u","password":"{{Secret("body")}}"}""", """{"state":"cordoned"}""",
        };
        foreach (var operation in AdminV1Setup.Operations.Where(operation => operation.Method is not "DELETE" && operation.Id is not ("runCommand" or "panicServer")))
        {
            foreach (var id in operation.RouteParameters.Count == 0 ? [""] : new[] { _server, _tenant, "x" })
            {
                var path = AdminV1Api.Path + operation.RouteParameters.Aggregate(operation.Path, (p, name) => p.Replace($"{{{name}}}", id, StringComparison.Ordinal));
                foreach (var body in operation.Changes ? bodies : [""])
                {
                    foreach (var authorization in new[] { $"Bearer {_token}", $"Basic {_environment["LOADBALANCER_SECRET"]}" })
                    {
                        Told(await _balancer.Lms.SendAsync(new HttpMethod(operation.Method), path, body.Length == 0 ? null : Lms.Bytes(Encoding.UTF8.GetBytes(body), "application/json"), request =>
                        {
                            request.Headers.TryAddWithoutValidation("Authorization", authorization);
                            request.Headers.TryAddWithoutValidation("If-Match", "*");
                        }));
                    }
                }
            }
        }
    }

    /// <summary>The command line: in the instance where it may run there, else in a process of its own.</summary>
    private async Task CommandAsync()
    {
        foreach (var (path, command) in CommandRolesTests.All())
        {
            // The first three run until they are stopped; the others print a secret to who asked for it.
            if (path is "serve" or "demo" or "simulate" or "servers yaml" or "tokens add") continue;
            string[] more = path switch { "poll" => ["--once"], "projections rebuild" => [ReadModels.All[0].Name], _ => [] };
            string[] arguments = [.. path.Split(' '), .. CommandRolesTests.Needed(command), .. more];
            if (CommandRoles.Of(path).Role is null) await RunAsync(arguments);
            else await OrderAsync(arguments);
        }

        foreach (var arguments in (string[][])
        [
            ["servers", "add", $"https://{Guid.NewGuid():n}.example.org/bigbluebutton/api", Secret("argument"), "--json"], ["servers", "add", "ftp://x", Secret("argument")],
            ["servers", "update", _server, "--secret", Secret("argument"), "--json"], ["servers", "list", "--json"], ["servers", "check", _server, "--no-meeting"],
            ["servers", "add", "https://x", Secret("argument"), "--odd"], ["tenants", "add", "uni", Secret("argument"), "--json"], ["tenants", "add", "uni", Secret("argument")],
            ["tenants", "update", _tenant, "--secrets", Secret("argument"), "--json"], ["tenants", "update-lrs-basic", _tenant, "https://lrs.example.org", "u", Secret("argument")],
            ["tenants", "update-lrs-kc", _tenant, "https://lrs.example.org", "https://oidc.example.org/token", "c", Secret("argument"), "u", Secret("argument")], ["tenants", "list", "--json"],
            ["tenants", "settings"], ["status", "--json", "--wide"], ["events", "--json"], ["poll", "--once"], ["meetings", "info", "room", "--json"], ["tokens", "list", "--json"],
        ])
        {
            await OrderAsync(arguments);
        }

        await RunAsync("import-scalelite", "--redis-url", $"redis://u:{Secret("redis")}@127.0.0.1:1/0", "--database-url", $"postgresql://u:{Secret("database")}@127.0.0.1:1/x");
        await RunAsync("import-scalelite", "--database-url", $"postgresql://u:{Secret("database")}@127.0.0.1:1/x");
        var database = _environment["DATABASE_URL"];
        _environment["DATABASE_URL"] = $"postgresql://u:{Secret("database")}@127.0.0.1:1/x";
        await RunAsync("status");
        _environment["DATABASE_URL"] = $"postgresql://u:{Secret("database")}@127.0.0.1:x/x?odd";
        _environment["FSAPI_PASSWORD"] = _environment["FSAPI_PASSWORD"] + " \u0001";
        await RunAsync("settings");
        _environment["DATABASE_URL"] = database;
    }

    /// <summary>Everything else that is served, and what is served nowhere.</summary>
    private async Task StrayAsync()
    {
        var fsapi = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"fsapi:{_environment["FSAPI_PASSWORD"]}")));
        foreach (var path in new[]
        {
            "/", "/health_check", "/metrics", "/fsapi", "/nothing", "/recording/x/video", "/playback/presentation/2.3/x", "/video/x/", "/bigbluebutton/api/%00", "/bigbluebutton/api/create?%", "/t/school/",
            "/admin/api/v1/openapi.json", "/bigbluebutton/api/create?" + new string('a', 70_000),
        })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Options })
            {
                foreach (var authorization in new[] { fsapi, new AuthenticationHeaderValue("Bearer", _environment["METRICS_TOKEN"]), new AuthenticationHeaderValue("Bearer", "wrong") })
                    Told(await _balancer.Lms.SendAsync(method, path, null, request => request.Headers.Authorization = authorization));
            }
        }
    }

    private async Task OrderAsync(params string[] arguments)
    {
        var order = System.Text.Json.JsonSerializer.Serialize(new { arguments });
        Told(await _balancer.Lms.SendAsync(HttpMethod.Post, AdminV1Api.Path + "/commands", Lms.Bytes(Encoding.UTF8.GetBytes(order), "application/json"), request =>
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {_token}")));
    }

    private async Task RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        await ScaleliteCommand.RunAsync(arguments, output, output, new ConfigurationBuilder().AddInMemoryCollection(_environment).Build());
        _told.AppendLine(output.ToString());
    }

    /// <param name="isEcho">It tells the LMS what the LMS itself sent.</param>
    private void Told(Reply reply, bool isEcho = false)
    {
        if (!isEcho) _told.AppendLine(reply.Text).AppendLine(reply.Headers.ToString()).AppendLine(reply.ContentHeaders.ToString());
    }

    private string Secret(string of)
    {
        _secrets.Add(New(of));
        return _secrets[^1];
    }

    private Scalelite.Workers.Configuration.Settings Settings()
    {
        var read = SettingsReading.From(
            new ConfigurationBuilder().AddInMemoryCollection(_environment).AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["RECORDING_PUBLISH_DIR"] = Path.Combine(_folder.FullName, "published"),
                ["RECORDING_UNPUBLISH_DIR"] = Path.Combine(_folder.FullName, "unpublished"),
                ["CONNECT_TIMEOUT"] = "1",
                ["RESPONSE_TIMEOUT"] = "2",
            }).Build(),
            Needs.LoadBalancerSecret | Needs.SealedSecrets);
        Assert.Empty(read.Problems);
        return read.Settings!;
    }

    private static string New(string of) => $"secret-{of}-{Guid.NewGuid():n}";
}
