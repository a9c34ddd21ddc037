using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scalelite.Api.Hosting;
using Scalelite.Api.Tests.Calls;
using Scalelite.Api.Tests.Tenants;
using Scalelite.BigBlueButton.Tokens;
using Scalelite.Simulator.Recordings;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Callbacks;

/// <summary>A tenant's LMS is called in words that are signed with the tenant's own secret: the one that signed the create.</summary>
public sealed class TenantCallbackTests : IAsyncLifetime
{
    private const string Older = "the-older-secret-of-the-school";
    private const string Newer = "the-newer-secret-of-the-school";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tenant-callbacks-");
    private RecordingNode _lms = null!;
    private TenantPool _pool = null!;
    private TenantClient _school = null!;

    private string Spool => Path.Combine(_folder.FullName, "spool");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Spool);
        _lms = await RecordingNode.StartAsync();
        _pool = await TenantPool.StartAsync(
            1,
            settings => TenantPool.Patient(settings) with
            {
                Callbacks = new CallbackSettings { Allowed = ["127.0.0.1"] },
                Recordings = settings.Recordings with
                {
                    PublishFolder = Path.Combine(_folder.FullName, "published"),
                    UnpublishFolder = Path.Combine(_folder.FullName, "unpublished"),
                },
                Imports = new ImportSettings { Enabled = true, SpoolFolder = Spool, PollInterval = TimeSpan.FromMilliseconds(100) },
            },
            Roles.Api | Roles.Workers);
        await _pool.AddAsync("uni");
        _school = await _pool.AddAsync("school", $"{Newer}:{Older}");
    }

    public async Task DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _lms.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(Older)]
    [InlineData(Newer)]
    public async Task An_archive_in_the_spool_becomes_a_recording_of_the_tenant_and_its_LMS_hears_of_it(string secret)
    {
        var internalId = await CreateAsync("room", "bn-recording-ready-url", "/ready", secret);
        // Of another run of the same meetingID, which nobody wants to hear of.
        await DropAsync(RecordedMeeting.Of("room", DateTimeOffset.UtcNow.AddDays(-1)));
        await DropAsync(Recorded(internalId));

        await Eventually.HoldsAsync("the LMS is called", () => Task.FromResult(!_lms.Calls.IsEmpty), 60);
        var call = _lms.Calls.First();
        Assert.Equal(("POST", "ready", "application/x-www-form-urlencoded"), (call.Method, call.Call, call.ContentType));
        var claims = Verified(Encoding.UTF8.GetString(call.Start)["signed_parameters=".Length..], secret, TokenAlgorithm.HS256);
        Assert.Equal(("room", internalId), (claims["meeting_id"]!.GetValue<string>(), claims["record_id"]!.GetValue<string>()));
        Assert.Contains(internalId, (await _school.GetAsync("getRecordings", $"recordID={internalId}", with: secret)).Text, StringComparison.Ordinal);
        await Eventually.HoldsAsync("both archives are in", async () =>
            await _pool.Balancer.Database.ScalarAsync<long>("select count(*) from import_queue where state = 'completed'") == 2, 60);
        Assert.Single(_lms.Calls);
        await DeliveredAsync();
    }

    [Theory]
    [InlineData(Older)]
    [InlineData(Newer)]
    public async Task What_a_node_counted_reaches_the_tenants_LMS(string secret)
    {
        var internalId = await CreateAsync("room", "analytics-callback-url", "/analytics", secret);
        var node = _pool.Balancer.Node("node-1");
        var asked = new Uri(node.Meeting("room")!.Metadata["analytics-callback-url"]);
        Assert.Equal(_school.Host, asked.Host);
        var token = JsonWebToken.Sign(TokenAlgorithm.HS512, node.Secret, new JsonObject { ["exp"] = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds() });
        var body = JsonSerializer.SerializeToUtf8Bytes(new { meeting_id = "room", internal_meeting_id = internalId, data = new { } });

        var told = await _pool.Balancer.Lms.SendAsync(HttpMethod.Post, asked.PathAndQuery, Lms.Bytes(body, "application/json"), request =>
        {
            request.Headers.Host = asked.Authority;
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        });

        Assert.Equal(204, told.Status);
        await DeliveredAsync();
        var call = Assert.Single(_lms.Calls);
        Verified(call.Authorization["Bearer ".Length..], secret, TokenAlgorithm.HS512);
        Assert.Equal("school", JsonElement.Parse(call.Start).GetProperty("customer").GetString());
    }

    /// <summary>The words of a token that this secret signed, and none of the others.</summary>
    private static JsonObject Verified(string token, string secret, TokenAlgorithm algorithm)
    {
        foreach (var other in new[] { Older, Newer, Balancer.Secret, "secret-of-uni" }.Where(other => other != secret))
            Assert.Null(JsonWebToken.Verify(token, [other], DateTimeOffset.UtcNow, algorithm));
        return JsonWebToken.Verify(token, [secret], DateTimeOffset.UtcNow, algorithm)!.Claims;
    }

    private static RecordedMeeting Recorded(string internalId) => new(internalId, "room", "Room")
    {
        StartTime = DateTimeOffset.UtcNow.AddMinutes(-30),
        EndTime = DateTimeOffset.UtcNow,
    };

    private async Task<string> CreateAsync(string meetingId, string name, string path, string secret)
    {
        var url = Uri.EscapeDataString(new Uri(new Uri(_lms.Url), path).AbsoluteUri);
        var reply = await _school.GetAsync("create", $"name=Room&meetingID={meetingId}&record=true&meta_{name}={url}", with: secret);
        Assert.True(reply.Code == "SUCCESS", reply.Text);
        await Eventually.HoldsAsync("it is live", async () => await _school.StateAsync(meetingId) == "live");
        return reply["internalMeetingID"]!;
    }

    private async Task DropAsync(RecordedMeeting meeting) => await RecordingArchive.Of(meeting).DropIntoAsync(Spool);

    private Task DeliveredAsync() => Eventually.HoldsAsync(
        "it is delivered",
        async () => await _pool.Balancer.Database.ScalarAsync<long>("select count(*) from callback_queue where state = 'delivered'") == 1);
}
