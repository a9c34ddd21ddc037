using System.Text.Json;
using System.Text.Json.Nodes;
using Scalelite.Api.AdminV1;
using Scalelite.Domain.AdminTokens;
using Xunit;

namespace Scalelite.Api.Tests.AdminV1;

/// <summary>The document says what is served: every operation of it is called, and what comes is held against it.</summary>
public sealed class OpenApiTests(V1Host host) : IClassFixture<V1Host>
{
    [Fact]
    public async Task Every_operation_answers_as_the_document_says()
    {
        var document = await DocumentAsync();
        var check = new SchemaCheck(document["components"]!["schemas"]!.AsObject());
        var problems = new List<string>();
        var called = new HashSet<string>();
        foreach (var step in await StepsAsync())
        {
            called.Add(step.OperationId);
            var (path, method, operation) = Find(document, step.OperationId);
            var body = step.Body is null ? null : JsonSerializer.Serialize(step.Body);
            if (body is not null)
            {
                using var sent = JsonDocument.Parse(body);
                problems.AddRange(check.Problems(operation["requestBody"]!["content"]!["application/json"]!["schema"], sent.RootElement).Select(p => $"{step.OperationId} body {p}"));
            }

            foreach (var (name, value) in step.Route) path = path.Replace($"{{{name}}}", value, StringComparison.Ordinal);
            Assert.DoesNotContain("{", path, StringComparison.Ordinal);
            var request = $"step-{called.Count}-{Guid.NewGuid():n}";
            var answer = await host.SendAsync(
                method.ToUpperInvariant(), path + step.Query, body, NeedsVersion(operation) ? "*" : null, reason: "because", requestId: request);
            var described = operation["responses"]![answer.Status.ToString()];
            if (described is null || answer.Status >= 300)
            {
                problems.Add($"{step.OperationId}: {answer.Status} {answer.Text}");
            }
            else if (described["content"]?["application/json"]?["schema"] is { } schema)
            {
                if (answer.ContentType != "application/json") problems.Add($"{step.OperationId}: {answer.ContentType}");
                problems.AddRange(check.Problems(schema, answer.Json).Select(p => $"{step.OperationId} {p}"));
            }
            else if (described["content"]?["application/x-ndjson"]?["schema"] is { } line)
            {
                if (answer.ContentType != "application/x-ndjson") problems.Add($"{step.OperationId}: {answer.ContentType}");
                foreach (var text in answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    using var frame = JsonDocument.Parse(text);
                    problems.AddRange(check.Problems(line, frame.RootElement).Select(p => $"{step.OperationId} {p}"));
                }
            }
            else if (answer.Text.Length > 0)
            {
                problems.Add($"{step.OperationId}: a body that is not described");
            }

            // Every change is an event that says who, from where and why; what only reads leaves none.
            var events = await host.Balancer.Database.RowsAsync(
                "select headers->>'actor', headers->>'address', headers->>'reason' from mt_events where correlation_id = $1", request);
            var changes = method != "get" && !step.ChangesNothing;
            if (changes != events.Count > 0) problems.Add($"{step.OperationId}: {events.Count} events");
            foreach (var e in events)
            {
                if (e is not ["token:test-Admin", "127.0.0.1", "because" or "in the body"]) problems.Add($"{step.OperationId}: an event by {string.Join(", ", e)}");
            }

            // Without a token each refuses in the same way.
            if (operation["security"] is null)
            {
                var refused = await host.SendAsAsync("Basic x", method.ToUpperInvariant(), path);
                if (refused.Status is not (401 or 429) || operation["responses"]![refused.Status.ToString()]?["content"]?["application/problem+json"]?["schema"] is not { } problem)
                    problems.Add($"{step.OperationId}: {refused.Status} without a token");
                else problems.AddRange(check.Problems(problem, refused.Json).Select(p => $"{step.OperationId} problem {p}"));
            }
        }

        Assert.Empty(problems);
        Assert.Equal(AdminV1Setup.Operations.Select(operation => operation.Id).Order(), called.Order());
    }

    [Fact]
    public async Task The_document_is_whole_and_needs_no_token()
    {
        var answer = await host.SendAsAsync(null, "GET", "/openapi.json");
        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        var document = JsonNode.Parse(answer.Text)!.AsObject();
        Assert.Equal("3.1.0", document["openapi"]!.GetValue<string>());
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(method => (path.Key, Method: method.Key, Operation: method.Value!))).ToList();
        Assert.Equal(AdminV1Setup.Operations.Count, operations.Count);
        Assert.Equal(operations.Count, operations.Select(o => o.Operation["operationId"]!.GetValue<string>()).Distinct().Count());
        foreach (var (path, _, operation) in operations)
        {
            var parameters = operation["parameters"]?.AsArray().Where(p => p!["in"]!.GetValue<string>() == "path").Select(p => $"{{{p!["name"]!.GetValue<string>()}}}") ?? [];
            Assert.Equal(path.Split('/').Where(part => part.StartsWith('{')), parameters);
        }

        var references = answer.Text.Split("\"$ref\":\"").Skip(1).Select(rest => rest[..rest.IndexOf('"', StringComparison.Ordinal)]).Distinct().ToList();
        Assert.All(references, reference => Assert.NotNull(document["components"]!["schemas"]![reference.Split('/')[^1]]));
        Assert.All(references, reference => Assert.StartsWith("#/components/schemas/", reference, StringComparison.Ordinal));
        Assert.True(document["components"]!["schemas"]!["NewServer"]!["properties"]!["secret"]!["writeOnly"]!.GetValue<bool>());
    }

    [Fact]
    public async Task What_is_not_in_the_document_is_refused()
    {
        foreach (var (method, path, status, problem) in new[]
        {
            ("GET", "", 404, "not-found"), ("GET", "/", 404, "not-found"), ("GET", "/nothing", 404, "not-found"), ("GET", "/servers/a/b/c", 404, "not-found"),
            ("PUT", "/servers", 405, "method-not-allowed"), ("POST", "/openapi.json", 405, "method-not-allowed"), ("GET", "/servers/x/panic", 405, "method-not-allowed"),
            ("GET", "/servers?stat=enabled", 400, "bad-request"), ("GET", "/servers?state=odd", 400, "bad-request"), ("GET", "/servers?state=enabled&state=disabled", 400, "bad-request"),
            ("GET", "/imbalance?from=odd", 400, "bad-request"), ("GET", "/imbalance?bucket=1", 400, "bad-request"), ("GET", "/imbalance?from=2026-03-02&to=2026-03-01", 400, "bad-request"),
            ("GET", "/imbalance?from=2026-03-02&to=2026-03-02", 400, "bad-request"), ("GET", "/imbalance?from=2026-01-01&to=2026-03-01", 400, "bad-request"),
            ("GET", "/imports?limit=0", 400, "bad-request"), ("GET", "/imports?limit=1001", 400, "bad-request"), ("GET", "/imports?cursor=odd", 400, "bad-request"),
            ("DELETE", "/servers/x?force=yes", 400, "bad-request"), ("GET", "/meeting-runs", 400, "bad-request"),
            ("GET", "/servers/nobody", 404, "not-found"), ("GET", "/meetings/nobody", 404, "not-found"), ("GET", "/imports/x", 404, "not-found"),
        })
        {
            var answer = await host.SendAsync(method, path);
            Assert.Equal((method, path, status, problem), (method, path, answer.Status, answer.Problem));
        }

        Assert.Equal(["POST"], (await host.GetAsync("/servers/x/panic")).ContentHeaders.Allow);
        foreach (var (body, contentType, status) in new[]
        {
            ("[]", "application/json", 400), ("{", "application/json", 400), ("{}", "application/json", 400), ("""{"url":"a","secret":"b","odd":1}""", "application/json", 400),
            ("""{"url":"a","url":"b","secret":"c"}""", "application/json", 400), ("""{"url":"a","secret":null}""", "application/json", 400),
            ("""{"url":"a","secret":"b","load_multiplier":"1"}""", "application/json", 400), ("""{"url":"a","secret":"b","reason":1}""", "application/json", 400),
            ("""{"url":"a","secret":"\ud800"}""", "application/json", 400), ("""{"url":"https://a.example.org/x","secret":"b","tag":"\u0000"}""", "application/json", 400), ("url=a", "application/x-www-form-urlencoded", 415),
            ($$"""{"url":"{{new string('a', 70_000)}}","secret":"b"}""", "application/json", 413), ("""{"url":"ftp://a","secret":"b"}""", "application/json", 422),
        })
        {
            var answer = await host.SendAsAsync($"Bearer {host.TokenOf(AdminRole.Admin)}", "POST", "/servers", body, contentType: contentType);
            Assert.True(answer.Status == status && answer.Problem is not null, $"{body[..Math.Min(60, body.Length)]}: {answer.Status} {answer.Text}");
        }
    }

    /// <summary>One call of each operation at least, in an order in which each finds what it needs.</summary>
    private async Task<IReadOnlyList<Step>> StepsAsync()
    {
        var balancer = host.Balancer;
        var meetingId = $"room-{Guid.NewGuid():n}";
        var created = await balancer.CreateAsync(meetingId);
        var instance = await balancer.Database.ScalarAsync<Guid>("select instance from meeting_location where meeting_id = $1", meetingId);
        var (import, callback, letter, recording) =
            (await balancer.QuarantinedImportAsync(), await balancer.AbandonedCallbackAsync(), await balancer.DeadLetterAsync(), await balancer.RecordingAsync());
        var token = (await host.IssueAsync(AdminRole.Viewer)).Id.ToString();
        var (server, tenant) = ($"node-{Guid.NewGuid():n}", Guid.NewGuid());
        var newServer = new { id = server, url = $"https://{server}.example.org/bigbluebutton/api", secret = "s", tag = "music", load_multiplier = 1.5, reason = "in the body" };
        var newTenant = new { id = tenant, name = V1Host.NewName(), secrets = new[] { "one" } };
        (string, string) Id(object id) => ("id", id.ToString()!);

        var before = new List<Step>
        {
            new("getOpenApi"),
            new("addServer", newServer), new("addServer", newServer) { ChangesNothing = true }, new("listServers"), new("listServers") { Query = "?state=disabled&health=offline" },
            new("getServer", null, Id(server)), new("changeServer", new { tag = "", secret = "t", reason = "in the body" }, Id(server)),
            new("setServerCapacity", new { users = 200 }, Id(server)), new("checkServer", new { meeting = false }, Id(server)) { ChangesNothing = true },
            new("checkServer", null, Id(balancer.IdOf(balancer.Pool.Nodes[0].Name))) { ChangesNothing = true }, new("getServerRemovable", null, Id(server)), new("getPool"),
            new("getImbalance"), new("getImbalance") { Query = "?from=-2h&to=now&bucket=5m&tag=none" },
            new("setServerState", new { state = "enabled" }, Id(server)), new("setServerState", new { state = "cordoned" }, Id(server)),
            new("panicServer", new { keep_state = false, skip_end_calls = true }, Id(server)), new("listServerEvents", null, Id(server)),
            new("removeServer", null, Id(server)) { Query = "?force=true" },
            new("addTenant", newTenant), new("addTenant", newTenant) { ChangesNothing = true }, new("listTenants"), new("getTenant", null, Id(tenant)),
            new("changeTenant", new { secrets = new[] { "two", "one" } }, Id(tenant)), new("setTenantState", new { enabled = false }, Id(tenant)),
            new("setTenantQuota", new { meetings = 10, users = (int?)null }, Id(tenant)), new("setTenantRetention", new { days = 90 }, Id(tenant)),
            new("setTenantLrs", new { endpoint = "https://lrs/xapi", user_name = "u", password = "p" }, Id(tenant)), new("clearTenantLrs", null, Id(tenant)),
            new("setTenantSetting", new { param = "welcome", value = "Hello, a=1", @override = true }, Id(tenant)), new("listTenantSettings", null, Id(tenant)),
            new("listTenantEvents", null, Id(tenant)),
            new("listMeetings"), new("listMeetings") { Query = $"?meeting_id={meetingId}&state=live&limit=1" }, new("listMeetingRuns") { Query = $"?meeting_id={meetingId}" },
            new("getMeeting", null, Id(created["internalMeetingID"])), new("endMeeting", new { reason = "in the body" }, Id(instance)), new("getMeeting", null, Id(instance)),
            new("getMeetingHistory", null, Id(instance)), new("getMeetingHistory", null, Id(meetingId)) { Query = "?tenant=" },
            new("listRecordings"), new("listRecordings") { Query = "?state=published&limit=1&meeting_id=room" }, new("getRecording", null, Id(recording)),
            new("setRecordingState", new { published = false }, Id(recording)), new("setRecordingState", new { published = true }, Id(recording)),
            new("listImports"), new("listImports") { Query = "?state=quarantined" }, new("listImports") { Query = "?state=open" }, new("getImport", null, Id(import)),
            new("retryImport", new { restore = false }, Id(import)),
            new("listCallbacks"), new("listCallbacks") { Query = "?state=abandoned&limit=2" }, new("getCallback", null, Id(callback)), new("retryCallback", null, Id(callback)),
            new("listDeadLetters"), new("listDeadLetters") { Query = "?type=nothing" }, new("getDeadLetter", null, Id(letter)), new("replayDeadLetter", null, Id(letter)),
            new("runCommand", new { arguments = new[] { "servers", "disable", balancer.IdOf(balancer.Pool.Nodes[0].Name) }, asks = true, confirmed = new[] { "?" }, width = 80, reason = "because" }),
            new("runCommand", new { arguments = new[] { "servers", "add-all", "a.yml" }, input = "", files = new Dictionary<string, string> { ["a.yml"] = "servers: []" } }) { ChangesNothing = true },
            new("listChanges"), new("listChanges") { Query = "?from=-1h&to=now&actor=token:test-Admin&all=true&limit=2" }, new("listSeals"), new("listSeals") { Query = "?limit=1&before=9" },
            new("listSettings"), new("listTokens"), new("getToken", null, Id(token)), new("revokeToken", null, Id(token)),
        };

        // The setting's id is known once it is set; what removes it and its tenant comes last.
        return [.. before, .. await LastAsync()];

        async Task<Step[]> LastAsync()
        {
            var (other, version) = await host.AddTenantAsync();
            var set = await host.SendAsync("PUT", $"/tenants/{other}/settings", new { param = "record", value = "false" }, version);
            return [new("clearTenantSetting", null, Id(other), ("setting", set["id"])), new("removeTenant", null, Id(other))];
        }
    }

    private async Task<JsonObject> DocumentAsync() => JsonNode.Parse((await host.SendAsAsync(null, "GET", "/openapi.json")).Text)!.AsObject();

    private static (string Path, string Method, JsonNode Operation) Find(JsonObject document, string operationId) =>
        document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(method => (path.Key, method.Key, method.Value!)))
            .Single(found => found.Item3["operationId"]!.GetValue<string>() == operationId);

    private static bool NeedsVersion(JsonNode operation) =>
        operation["parameters"]?.AsArray().Any(parameter => parameter!["name"]!.GetValue<string>() == "If-Match" && parameter["required"]!.GetValue<bool>()) == true;

    private sealed record Step(string OperationId, object? Body = null, params (string Name, string Value)[] Route)
    {
        public string Query { get; init; } = "";

        /// <summary>It is so already, or nothing but a look.</summary>
        public bool ChangesNothing { get; init; }
    }
}
