using Microsoft.Extensions.DependencyInjection;
using Scalelite.Api.Hosting;
using Scalelite.Api.Tests.Calls;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Testing;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Servers;
using Scalelite.Workers.Tenants;
using Xunit;

namespace Scalelite.Api.Tests.Tenants;

/// <summary>A balancer with tenants, and their clients.</summary>
internal sealed class TenantPool : IAsyncDisposable
{
    public const string Host = "bbb.example.org";

    private static readonly ChangedBy Operator = new("test");

    private TenantPool(Balancer balancer) => Balancer = balancer;

    public Balancer Balancer { get; }

    public static async Task<TenantPool> StartAsync(int nodes = 2, Func<Settings, Settings>? change = null, Roles roles = Roles.Api) =>
        new(await Balancer.StartAsync(
            nodes, settings => (change ?? (s => s))(settings with { Multitenancy = new MultitenancySettings { Enabled = true } }), roles));

    /// <summary>Nodes of a busy machine are waited for: a create that goes on to the next server is not what the test is about.</summary>
    public static Settings Patient(Settings settings) => settings with
    {
        Nodes = settings.Nodes with { ConnectTimeout = TimeSpan.FromSeconds(5), ResponseTimeout = TimeSpan.FromSeconds(20) },
        Placement = settings.Placement with { CreateDeadline = TimeSpan.FromSeconds(30) },
    };

    /// <summary>The tenants of a balancer that somebody else started and stops.</summary>
    public static TenantPool Of(Balancer balancer) => new(balancer);

    /// <summary>Adds a tenant, and waits until it is seen.</summary>
    public async Task<TenantClient> AddAsync(string name, string secrets = "")
    {
        var secret = secrets.Length == 0 ? $"secret-of-{name}" : secrets;
        var id = Done(await OperateAsync(t => t.AddAsync(name, secret, Operator, CancellationToken.None)));
        var client = new TenantClient(Balancer, id, name, secret.Split(':')[0]);
        await client.IsSeenAsync();
        return client;
    }

    /// <summary>Changes something, which must succeed, and waits until every request sees it.</summary>
    public async Task ChangeAsync(Func<TenantOperations, ChangedBy, Task<TenantOutcome>> change)
    {
        Done(await OperateAsync(operations => change(operations, Operator)));
        await SeenAsync();
    }

    /// <summary>A tenant is used for at most a second after it was read.</summary>
    public static Task SeenAsync() => Task.Delay(TimeSpan.FromSeconds(1.1));

    public async ValueTask DisposeAsync() => await Balancer.DisposeAsync();

    private static string Done(TenantOutcome outcome) => Assert.IsType<TenantOutcome.Done>(outcome).TenantId;

    private async Task<TenantOutcome> OperateAsync(Func<TenantOperations, Task<TenantOutcome>> operate)
    {
        await using var scope = Balancer.Service<IServiceScopeFactory>().CreateAsyncScope();
        return await operate(scope.ServiceProvider.GetRequiredService<TenantOperations>());
    }
}

/// <summary>An LMS of a tenant, which calls the tenant's host.</summary>
internal sealed record TenantClient(Balancer Balancer, string Id, string Name, string Secret)
{
    public string Host => $"{Name}.{TenantPool.Host}";

    public Task<Reply> GetAsync(string call, string query = "", string? host = null, string? with = null) =>
        Balancer.Lms.GetUrlAsync(Balancer.Lms.Sign(call, query, with: with ?? Secret), request => request.Headers.Host = host ?? Host);

    public Task<Reply> CreateAsync(string meetingId, string more = "") => GetAsync("create", $"name={meetingId}&meetingID={meetingId}{more}");

    /// <summary>Creates a meeting, which must succeed, and waits until its start is written.</summary>
    public async Task<Reply> StartAsync(string meetingId, string more = "")
    {
        var reply = await CreateAsync(meetingId, more);
        Assert.True(reply.Code == "SUCCESS", reply.Text);
        await Eventually.HoldsAsync($"{meetingId} is live", async () => await StateAsync(meetingId) == "live");
        return reply;
    }

    public Task<string?> StateAsync(string meetingId) => Balancer.Database.ScalarAsync<string>(
        "select state from meeting_location where tenant_id = $1 and meeting_id = $2", Id, meetingId);

    /// <summary>The name of the server that holds the tenant's meeting; null if none does.</summary>
    public async Task<string?> LocationAsync(string meetingId) => await Balancer.Database.ScalarAsync<string>(
        "select server_id from meeting_location where tenant_id = $1 and meeting_id = $2", Id, meetingId) is { } id ? Balancer.NameOf(id) : null;

    public async Task<IReadOnlyList<string>> MeetingsAsync() =>
        [.. (await GetAsync("getMeetings")).Xml.Element("meetings")!.Elements().Select(m => m.Element("meetingID")!.Value).Order(StringComparer.Ordinal)];

    public Task IsSeenAsync() => Eventually.HoldsAsync($"{Name} may call", async () => (await GetAsync("getMeetings")).Code == "SUCCESS");

    public static string ChecksumOf(string call, string query, string secret) => Checksum.Compute(ChecksumAlgorithm.Sha256, call, query, secret);
}
