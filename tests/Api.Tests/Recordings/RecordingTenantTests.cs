using Microsoft.Extensions.DependencyInjection;
using Scalelite.Api.Tests.Calls;
using Scalelite.Workers.Servers;
using Scalelite.Workers.Tenants;
using Xunit;

namespace Scalelite.Api.Tests.Recordings;

/// <summary>Another tenant's recordings are as unknown as none.</summary>
public sealed class RecordingTenantTests : IAsyncLifetime
{
    private const string Vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nx\n";

    private RecordingHost _host = null!;
    private string _ours = null!;
    private string _theirs = null!;

    public async Task InitializeAsync()
    {
        _host = await RecordingHost.StartAsync(settings => settings with { Multitenancy = settings.Multitenancy with { Enabled = true } });
        var ids = new Dictionary<string, string>();
        foreach (var name in new[] { "one", "two" })
        {
            await using var scope = _host.Balancer.Service<IServiceScopeFactory>().CreateAsyncScope();
            var added = await scope.ServiceProvider.GetRequiredService<TenantOperations>()
                .AddAsync(name, $"the-secret-of-{name}", new ChangedBy("test"), CancellationToken.None);
            ids[name] = ((TenantOutcome.Done)added).TenantId;
        }

        _ours = await _host.ImportAsync(tenant: ids["one"], metadata: [("a", "1")]);
        _theirs = await _host.ImportAsync(tenant: ids["two"], metadata: [("a", "1")]);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Every_filter_finds_only_the_tenants_own()
    {
        foreach (var query in new[] { "", "limit=10", "state=any", "meetingID=room", $"recordID={_ours},{_theirs}", "meta_a=1", "meta_a=%251", "meta_a=1%25&limit=10" })
        {
            var reply = await AskAsync("one", "getRecordings", query);
            Assert.Equal((query, _ours), (query, string.Join(' ', RecordingHost.Ids(reply))));
            if (query.Contains("limit", StringComparison.Ordinal))
            {
                Assert.Equal("1", reply.Xml.Element("pagination")!.Element("totalElements")!.Value);
            }
        }
    }

    [Fact]
    public async Task A_call_on_recordings_of_several_tenants_changes_nothing_foreign()
    {
        var both = $"recordID={_theirs},{_ours}";

        Assert.Equal("false", (await AskAsync("one", "updateRecordings", $"{both}&meta_a=2&protect=true"))["updated"]);
        Assert.Equal("SUCCESS", (await AskAsync("one", "publishRecordings", $"{both}&publish=false")).Code);
        var theirs = RecordingHost.Recordings(await AskAsync("two", "getRecordings", "")).Single();
        Assert.Equal(("1", "false", "published"), (theirs.Element("metadata")!.Value, theirs.Element("protected")!.Value, theirs.Element("state")!.Value));
        var ours = RecordingHost.Recordings(await AskAsync("one", "getRecordings", "")).Single();
        Assert.Equal(("2", "true", "unpublished"), (ours.Element("metadata")!.Value, ours.Element("protected")!.Value, ours.Element("state")!.Value));
        Assert.Equal("true", (await AskAsync("one", "deleteRecordings", both))["deleted"]);
        Assert.True(Directory.Exists(_host.PathOf(_theirs)));
        Assert.Equal([_theirs], RecordingHost.Ids(await AskAsync("two", "getRecordings", "")));
    }

    [Fact]
    public async Task A_foreign_recording_alone_is_not_found()
    {
        Assert.Equal("notFound", (await AskAsync("one", "publishRecordings", $"recordID={_theirs}&publish=false")).Key);
        Assert.Equal("notFound", (await AskAsync("one", "deleteRecordings", $"recordID={_theirs}")).Key);
        Assert.Equal("false", (await AskAsync("one", "updateRecordings", $"recordID={_theirs}&meta_a=2"))["updated"]);
        Assert.Contains("noRecordings", (await AskAsync("one", "getRecordingTextTracks", $"recordID={_theirs}")).Text, StringComparison.Ordinal);
        var upload = await _host.Lms.SendAsync(
            HttpMethod.Post,
            _host.Lms.Sign("putRecordingTextTrack", $"recordID={_theirs}&kind=captions&lang=en", with: "the-secret-of-one"),
            new MultipartFormDataContent { { new StringContent(Vtt), "file", "a.vtt" } },
            request => request.Headers.Host = "one.example.org");
        Assert.Contains("noRecordings", upload.Text, StringComparison.Ordinal);
        Assert.Equal("checksumError", (await _host.Lms.SendAsync(
            HttpMethod.Get, _host.Lms.Sign("getRecordings", "", with: "the-secret-of-two"), null, request => request.Headers.Host = "one.example.org")).Key);
    }

    private Task<Reply> AskAsync(string tenant, string call, string query) => _host.Lms.SendAsync(
        HttpMethod.Get, _host.Lms.Sign(call, query, with: $"the-secret-of-{tenant}"), null, request => request.Headers.Host = $"{tenant}.example.org");
}
