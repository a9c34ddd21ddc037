using System.Net;
using Scalelite.Api.Tests.Calls;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Tenants;
using Xunit;

namespace Scalelite.Api.Tests.Tenants;

/// <summary>Whose a request is, and with which secrets it may be signed.</summary>
public sealed class TenantAccessTests
{
    [Fact]
    public async Task A_tenant_is_found_by_the_first_label_of_the_host_and_let_in_with_its_own_secrets_only()
    {
        await using var pool = await TenantPool.StartAsync(1);
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni", "one:two"));

        Assert.Equal("SUCCESS", (await school.GetAsync("getMeetings")).Code);
        Assert.Equal("SUCCESS", (await school.GetAsync("getMeetings", host: $"SCHOOL.{TenantPool.Host}:443")).Code);
        Assert.Equal("SUCCESS", (await uni.GetAsync("getMeetings", with: "two")).Code);
        foreach (var (host, secret) in new[]
        {
            (uni.Host, school.Secret),
            (school.Host, "one"),
            ($"nobody.{TenantPool.Host}", school.Secret),
            (TenantPool.Host, Balancer.Secret),
            (school.Host, Balancer.Secret),
            ("127.0.0.1", school.Secret),
        })
        {
            var refused = await school.GetAsync("getMeetings", host: host, with: secret);
            Assert.Equal((200, "checksumError", "You did not pass the checksum security check"), (refused.Status, refused.Key, refused.Message));
        }

        // The root needs neither checksum nor tenant.
        Assert.Equal("2.0", (await pool.Balancer.Lms.GetUrlAsync("/bigbluebutton/api", r => r.Headers.Host = $"nobody.{TenantPool.Host}"))["version"]);
    }

    [Fact]
    public async Task A_secret_is_rotated_without_a_gap()
    {
        await using var pool = await TenantPool.StartAsync(1);
        var school = await pool.AddAsync("school", "old");

        await pool.ChangeAsync((tenants, by) => tenants.UpdateAsync(school.Id, new TenantChange(Secrets: "new:old"), by, CancellationToken.None));
        Assert.Equal("SUCCESS", (await school.GetAsync("getMeetings", with: "old")).Code);
        Assert.Equal("SUCCESS", (await school.GetAsync("getMeetings", with: "new")).Code);

        await pool.ChangeAsync((tenants, by) => tenants.UpdateAsync(school.Id, new TenantChange(Secrets: "new"), by, CancellationToken.None));
        Assert.Equal("checksumError", (await school.GetAsync("getMeetings", with: "old")).Key);
        Assert.Equal("SUCCESS", (await school.GetAsync("getMeetings", with: "new")).Code);

        // And back again.
        await pool.ChangeAsync((tenants, by) => tenants.UpdateAsync(school.Id, new TenantChange(Secrets: "old"), by, CancellationToken.None));
        Assert.Equal("SUCCESS", (await school.GetAsync("getMeetings", with: "old")).Code);
        Assert.Equal("checksumError", (await school.GetAsync("getMeetings", with: "new")).Key);
        Assert.Equal(0L, await pool.Balancer.Database.ScalarAsync<long>(
            "select count(*) from mt_events where stream_id like 'tenant-%' and (data::text like '%\"old\"%' or data::text like '%\"new\"%')"));
    }

    [Fact]
    public async Task A_tenant_that_was_removed_or_renamed_is_found_no_more_and_its_meetings_run_on()
    {
        await using var pool = await TenantPool.StartAsync(1);
        var school = await pool.AddAsync("school");
        await school.StartAsync("room");

        await pool.ChangeAsync((tenants, by) => tenants.UpdateAsync(school.Id, new TenantChange(Name: "academy"), by, CancellationToken.None));
        Assert.Equal("checksumError", (await school.GetAsync("getMeetings")).Key);
        Assert.Equal(["room"], await (school with { Name = "academy" }).MeetingsAsync());

        await pool.ChangeAsync((tenants, by) => tenants.RemoveAsync(school.Id, by, CancellationToken.None));
        Assert.Equal("checksumError", (await school.GetAsync("getMeetings", host: $"academy.{TenantPool.Host}")).Key);
        Assert.NotNull(pool.Balancer.Node("node-1").Meeting("room"));

        // A successor under the same name does not inherit them.
        var successor = await pool.AddAsync("school");
        Assert.Empty(await successor.MeetingsAsync());
        Assert.Equal("notFound", (await successor.GetAsync("getMeetingInfo", "meetingID=room")).Key);
    }

    [Fact]
    public async Task A_path_names_the_tenant_where_there_is_no_wildcard_in_the_DNS()
    {
        await using var pool = await TenantPool.StartAsync(1, settings => settings with { Http = settings.Http with { Host = TenantPool.Host } });
        var school = await pool.AddAsync("school");
        await school.StartAsync("room");

        Assert.Contains("room", (await AskAsync("/t/school")).Text, StringComparison.Ordinal);
        Assert.Equal("checksumError", (await AskAsync("/t/uni")).Key);
        Assert.Equal("checksumError", (await AskAsync("")).Key);
        foreach (var path in new[] { "/t/school/scalelite/api/getTenants", "/t/school/health_check", "/t/school/", "/t//bigbluebutton/api/getMeetings", "/t/school/x/bigbluebutton/api/getMeetings" })
        {
            Assert.Equal(404, (await pool.Balancer.Lms.GetUrlAsync(path, r => r.Headers.Host = TenantPool.Host)).Status);
        }

        Task<Reply> AskAsync(string before) => pool.Balancer.Lms.GetUrlAsync(
            before + pool.Balancer.Lms.Sign("getMeetings", with: school.Secret), r => r.Headers.Host = TenantPool.Host);
    }

    [Fact]
    public async Task With_URL_HOST_the_names_below_it_are_served_and_no_others()
    {
        await using var pool = await TenantPool.StartAsync(1, settings => settings with { Http = settings.Http with { Host = TenantPool.Host } });
        var school = await pool.AddAsync("school");

        Assert.Equal("SUCCESS", (await school.GetAsync("getMeetings")).Code);
        Assert.Equal((int)HttpStatusCode.Forbidden, (await school.GetAsync("getMeetings", host: "school.evil.example")).Status);
        Assert.Equal((int)HttpStatusCode.Forbidden, (await school.GetAsync("getMeetings", host: $"evil{TenantPool.Host}")).Status);
    }

    [Fact]
    public async Task Without_multitenancy_a_host_and_a_path_name_nobody()
    {
        await using var balancer = await Balancer.StartAsync(1);
        var signed = balancer.Lms.Sign("getMeetings");

        Assert.Equal("SUCCESS", (await balancer.Lms.GetUrlAsync(signed, r => r.Headers.Host = $"school.{TenantPool.Host}")).Code);
        Assert.Equal(404, (await balancer.Lms.GetUrlAsync("/t/school" + signed)).Status);
    }

    [Fact]
    public async Task Tenants_are_read_once_a_second_at_most_and_still_known_while_PostgreSQL_is_away()
    {
        DatabaseWire? wire = null;
        await using var pool = await TenantPool.StartAsync(1, settings =>
        {
            wire = new DatabaseWire(settings.Database.ConnectionString!);
            return settings with { Database = new DatabaseSettings { ConnectionString = wire.ConnectionString } };
        });
        await using var cut = wire!;
        var school = await pool.AddAsync("school");
        await school.StartAsync("room");
        await school.GetAsync("isMeetingRunning", "meetingID=room");
        var before = wire!.RoundTrips;
        for (var n = 0; n < 50; n++) await school.GetAsync("join", "meetingID=room&fullName=A&role=VIEWER");

        // Joins are flushed every second, and the location is read once a second too.
        Assert.InRange(wire.RoundTrips - before, 0, 20);
        wire.Cut();
        await TenantPool.SeenAsync();
        Assert.Equal(302, (await school.GetAsync("join", "meetingID=room&fullName=A&role=VIEWER")).Status);
        Assert.Equal("checksumError", (await school.GetAsync("getMeetings", with: "another")).Key);
        wire.Mend();
    }
}
