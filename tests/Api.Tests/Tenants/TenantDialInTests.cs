using System.Net.Http.Headers;
using System.Text;
using Xunit;

namespace Scalelite.Api.Tests.Tenants;

/// <summary>Callers of a tenant's number reach that tenant's meetings (pitfalls: what must hold, 3).</summary>
public sealed class TenantDialInTests
{
    private const string Password = "the-password-of-freeswitch";

    [Fact]
    public async Task A_dialled_number_is_looked_up_among_the_meetings_of_the_hosts_tenant()
    {
        await using var pool = await TenantPool.StartAsync(1, settings => settings with { DialIn = settings.DialIn with { Password = Password } });
        var (school, uni) = (await pool.AddAsync("school"), await pool.AddAsync("uni"));
        var number = (await school.StartAsync("lesson"))["voiceBridge"];

        Assert.Contains("meeting_id=lesson", await DialAsync(school.Host, number), StringComparison.Ordinal);
        Assert.DoesNotContain("lesson", await DialAsync(uni.Host, number), StringComparison.Ordinal);
        Assert.Contains("meeting_id=lesson", await DialAsync("balancer.example.org", number), StringComparison.Ordinal);

        async Task<string> DialAsync(string host, string pin)
        {
            using var body = new FormUrlEncodedContent(
            [
                KeyValuePair.Create("section", "dialplan"),
                KeyValuePair.Create("Caller-Destination-Number", "5551234"),
                KeyValuePair.Create("variable_pin", pin),
            ]);
            var reply = await pool.Balancer.Lms.SendAsync(HttpMethod.Post, "/fsapi", body, request =>
            {
                request.Headers.Host = host;
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"fsapi:{Password}")));
            });
            Assert.Equal(200, reply.Status);
            return reply.Text;
        }
    }
}
