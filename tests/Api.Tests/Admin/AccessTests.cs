using System.Text;
using Scalelite.Api.Tests.Calls;
using Scalelite.BigBlueButton.Checksums;
using Xunit;

namespace Scalelite.Api.Tests.Admin;

/// <summary>Who may call, with which body: as Scalelite has it, where only LOADBALANCER_SECRET is set.</summary>
public sealed class AccessTests(AdminHost admin) : IClassFixture<AdminHost>
{
    private const string NotSigned =
        "<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey><message>You did not pass the checksum security check</message></response>";

    [Theory]
    [InlineData(ChecksumAlgorithm.Sha1)]
    [InlineData(ChecksumAlgorithm.Sha256)]
    [InlineData(ChecksumAlgorithm.Sha384)]
    [InlineData(ChecksumAlgorithm.Sha512)]
    public async Task Every_allowed_algorithm_signs(ChecksumAlgorithm algorithm) =>
        Assert.Equal(412, (await admin.SendAsync(HttpMethod.Get, admin.Sign("getTenants", "a=b%20c", algorithm: algorithm))).Status);

    [Fact]
    public async Task Without_a_right_checksum_nothing_is_said_but_that()
    {
        string[] wrong =
        [
            "/scalelite/api/getServers",
            "/scalelite/api/getServers?checksum=",
            "/scalelite/api/getServers?checksum=" + new string('0', 64),
            admin.Sign("getServers") + "&id=more",
            admin.Sign("getTenants").Replace("getTenants", "getServers", StringComparison.Ordinal),
            admin.Sign("getServers") + "&checksum=" + new string('0', 64),
            admin.Sign("getServers", with: AdminHost.AnotherClientsSecret),
            admin.Sign("getServers", with: ""),
        ];
        foreach (var target in wrong)
        {
            var answer = await admin.SendAsync(HttpMethod.Get, target);
            Assert.Equal((200, NotSigned, "text/xml; charset=utf-8"), (answer.Status, answer.Text, answer.ContentType));
        }
    }

    [Theory]
    [InlineData("addServer")]
    [InlineData("updateServer")]
    [InlineData("deleteServer")]
    [InlineData("panicServer")]
    [InlineData("addTenant")]
    public async Task Nothing_is_changed_without_a_right_checksum(string call)
    {
        var id = await admin.AddAsync();
        var body = $$$"""{"id":"{{{id}}}","server":{"state":"enable","url":"https://{{{Guid.NewGuid():n}}}/api","secret":"s"}}""";
        var events = await EventsAsync();

        var answer = await admin.SendAsync(HttpMethod.Post, admin.Sign(call, with: "not-the-secret"), AdminHost.Json(body));

        Assert.Equal(NotSigned, answer.Text);
        Assert.Equal(events, await EventsAsync());
    }

    [Theory]
    [InlineData("getServers", "POST")]
    [InlineData("addServer", "GET")]
    [InlineData("deleteServer", "DELETE")]
    [InlineData("dropServers", "GET")]
    [InlineData("GetServers", "GET")]
    [InlineData("", "GET")]
    public async Task Other_calls_and_methods_are_not_supported(string call, string method)
    {
        var answer = await admin.SendAsync(new HttpMethod(method), admin.Sign(call));
        Assert.Equal(200, answer.Status);
        Assert.Contains("<messageKey>unsupportedRequest</messageKey>", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/jsonp")]
    public async Task A_body_of_another_type_is_refused_before_the_checksum_is_looked_at(string contentType)
    {
        foreach (var target in new[] { admin.Sign("addServer"), "/scalelite/api/addServer" })
        {
            var answer = await admin.SendAsync(HttpMethod.Post, target, AdminHost.Json("{}", contentType));
            Assert.Equal(200, answer.Status);
            Assert.Contains("<messageKey>unsupportedContentType</messageKey>", answer.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON")]
    public async Task The_types_parameters_and_case_do_not_matter(string contentType) =>
        Assert.Equal(404, (await admin.SendAsync(HttpMethod.Post, admin.Sign("deleteServer"), AdminHost.Json("""{"id":"x"}""", contentType))).Status);

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("id=1")]
    [InlineData("""{"id":"a"} x""")]
    [InlineData("""{"id":"a","id":"b"}""")]
    public async Task A_body_that_is_no_JSON_object_is_refused(string body)
    {
        var answer = await admin.PostAsync("deleteServer", body);
        Assert.Equal((400, "The body is not a JSON object"), (answer.Status, answer["error"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_is_at_most_64_KiB(bool chunked)
    {
        Assert.Equal(404, await StatusAsync(65_536));
        Assert.Equal(413, await StatusAsync(65_537));

        async Task<int> StatusAsync(int length)
        {
            const string Start = """{"id":"x","more":" """;
            var body = Start + new string('a', length - Start.Length - 2) + "\"}";
            HttpContent content = AdminHost.Json(body);
            if (chunked)
            {
                content = new StreamContent(new Unsized(Encoding.UTF8.GetBytes(body)));
                content.Headers.Add("Content-Type", "application/json");
            }

            return (await admin.SendAsync(HttpMethod.Post, admin.Sign("deleteServer"), content)).Status;
        }
    }

    [Fact]
    public async Task An_id_in_the_signed_query_cannot_be_replaced_by_the_body()
    {
        var (id, other) = (await admin.AddAsync(), await admin.AddAsync());

        var refused = await admin.PostAsync("deleteServer", $$"""{"id":"{{other}}"}""", $"id={id}");
        Assert.Equal((400, "The id of the query and that of the body differ"), (refused.Status, refused["error"]));
        Assert.Equal(("disabled", "disabled"), (await admin.StateAsync(id), await admin.StateAsync(other)));

        Assert.Equal(200, (await admin.PostAsync("deleteServer", $$"""{"id":"{{id}}"}""", $"id={id}")).Status);
        Assert.Equal(200, (await admin.SendAsync(HttpMethod.Post, admin.Sign("deleteServer", $"id={other}"))).Status);
    }

    [Fact]
    public async Task Without_a_body_hash_a_signed_call_can_be_sent_again_with_any_body_and_with_one_it_cannot()
    {
        var (id, other) = (await admin.AddAsync(), await admin.AddAsync());
        string Delete(string which) => $$"""{"id":"{{which}}"}""";

        var open = admin.Sign("deleteServer");
        Assert.Equal(404, (await admin.SendAsync(HttpMethod.Post, open, AdminHost.Json(Delete("x")))).Status);
        Assert.Equal(200, (await admin.SendAsync(HttpMethod.Post, open, AdminHost.Json(Delete(id)))).Status);

        var bound = admin.Sign("deleteServer", $"bodyHash={AdminHost.HashOf(Delete("x"))}");
        Assert.Equal(404, (await admin.SendAsync(HttpMethod.Post, bound, AdminHost.Json(Delete("x")))).Status);
        var refused = await admin.SendAsync(HttpMethod.Post, bound, AdminHost.Json(Delete(other)));
        Assert.Contains("<messageKey>checksumError</messageKey><message>bodyHash is not the SHA-256 of the body</message>", refused.Text, StringComparison.Ordinal);
        Assert.Equal("disabled", await admin.StateAsync(other));
    }

    [Fact]
    public async Task A_secret_is_never_shown()
    {
        var (first, second) = ($"first-{Guid.NewGuid():n}", $"second-{Guid.NewGuid():n}");
        var id = await admin.AddAsync(first);
        var answers = new[]
        {
            await admin.PostAsync("updateServer", $$$"""{"id":"{{{id}}}","server":{"secret":"{{{second}}}"}}"""),
            await admin.GetAsync("getServerInfo", $"id={id}"),
            await admin.GetAsync("getServers"),
        };

        Assert.All(answers, answer => Assert.Contains("\"secret\":\"********\"", answer.Text, StringComparison.Ordinal));
        foreach (var secret in new[] { first, second })
        {
            Assert.All(answers, answer => Assert.DoesNotContain(secret, answer.Text, StringComparison.Ordinal));
            Assert.Equal(0L, await admin.Database.ScalarAsync<long>("select count(*) from mt_events e where e::text like '%' || $1 || '%'", secret));
            Assert.DoesNotContain(secret, ConsoleText.All, StringComparison.Ordinal);
        }

        var line = Assert.Single(ConsoleText.Lines($"server {id}"), line => line.Contains("updateServer 200", StringComparison.Ordinal));
        Assert.DoesNotContain("checksum", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sending_back_what_was_shown_leaves_the_secret_as_it_is()
    {
        var id = await admin.AddAsync();
        var fingerprint = await FingerprintAsync(id);
        var shown = (await admin.GetAsync("getServerInfo", $"id={id}")).Text.Replace("\"state\":\"disabled\",", "", StringComparison.Ordinal);

        Assert.Equal(200, (await admin.PostAsync("updateServer", $$$"""{"id":"{{{id}}}","server":{{{shown}}}}""")).Status);
        Assert.Equal(fingerprint, await FingerprintAsync(id));

        Assert.Equal(200, (await admin.PostAsync("updateServer", $$$"""{"id":"{{{id}}}","server":{"secret":"another"}}""")).Status);
        Assert.NotEqual(fingerprint, await FingerprintAsync(id));
    }

    private Task<long> EventsAsync() => admin.Database.ScalarAsync<long>("select count(*) from mt_events");

    private Task<string?> FingerprintAsync(string id) => admin.Database.ScalarAsync<string>("select secret_fingerprint from server where id = $1", id);

    /// <summary>A stream that does not tell its length, so that it is sent in chunks.</summary>
    private sealed class Unsized(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
