using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.Projections.AdminTokens;
using Scalelite.Workers.AdminTokens;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine;

public sealed class TokenCommandTests(Commands commands) : IClassFixture<Commands>
{
    [Fact]
    public async Task A_token_is_printed_once_and_listed_without_itself_until_it_is_revoked()
    {
        var made = await commands.RunAsync("tokens", "add", "dashboard", "--role", "viewer", "--expires", "12h");
        Assert.Equal((0, ""), (made.Code, made.Error));
        var (id, token) = (Line(made.Out, "id: "), Line(made.Out, "token: "));
        Assert.Matches("^slt_[A-Za-z0-9_-]{43}$", token);

        foreach (var listed in new[] { await commands.RunAsync("tokens", "list"), await commands.RunAsync("tokens", "list", "--json") })
        {
            Assert.Equal((0, ""), (listed.Code, listed.Error));
            Assert.Contains(id, listed.Out, StringComparison.Ordinal);
            Assert.DoesNotContain(token, listed.Out, StringComparison.Ordinal);
            Assert.DoesNotContain(AdminTokenText.HashOf(token), listed.Out, StringComparison.Ordinal);
        }

        var row = await RowAsync(id);
        Assert.Equal(("dashboard", "viewer", "live"), (row.GetProperty("name").GetString(), row.GetProperty("role").GetString(), row.GetProperty("state").GetString()));
        Assert.Equal(TimeSpan.FromHours(12), row.GetProperty("expires_at").GetDateTimeOffset() - row.GetProperty("issued_at").GetDateTimeOffset());
        await using (var host = await commands.HostAsync())
        {
            Assert.Equal(AdminTokenText.HashOf(token), (await host.Services.GetRequiredService<AdminTokenList>().FindAsync(Guid.Parse(id), default))!.Hash);
        }

        Assert.Equal(0, (await commands.RunAsync("tokens", "revoke", id)).Code);
        Assert.Equal("revoked", (await RowAsync(id)).GetProperty("state").GetString());
        Assert.Equal(0, (await commands.RunAsync("tokens", "revoke", id)).Code);
        Assert.Equal(2L, await commands.Database.ScalarAsync<long>("select count(*) from mt_events where stream_id = $1 and headers->>'actor' like 'cli:%'", $"token-{id}"));
    }

    [Fact]
    public async Task A_token_lives_ninety_days_unless_told_otherwise()
    {
        var made = JsonDocument.Parse((await commands.RunAsync("tokens", "add", "ansible", "--role", "admin", "--json")).Out).RootElement;
        var row = await RowAsync(made.GetProperty("id").GetString()!);
        Assert.Equal(TimeSpan.FromDays(90), row.GetProperty("expires_at").GetDateTimeOffset() - row.GetProperty("issued_at").GetDateTimeOffset());
    }

    [Theory]
    [InlineData(2, "tokens", "add", "x")]
    [InlineData(2, "tokens", "add", "x", "--role", "root")]
    [InlineData(2, "tokens", "add", "x", "--role", "admin", "--expires", "never")]
    [InlineData(1, "tokens", "add", "x", "--role", "admin", "--expires", "0d")]
    [InlineData(1, "tokens", "add", "x", "--role", "admin", "--expires", "3651d")]
    [InlineData(1, "tokens", "add", "x y", "--role", "admin")]
    [InlineData(1, "tokens", "revoke", "x")]
    [InlineData(1, "tokens", "revoke", "018f0000-0000-7000-8000-000000000000")]
    public async Task What_cannot_be_is_refused(int code, params string[] arguments) => Assert.Equal(code, (await commands.RunAsync(arguments)).Code);

    private static string Line(string output, string start) => output.Split('\n').Single(line => line.StartsWith(start, StringComparison.Ordinal))[start.Length..].Trim();

    private async Task<JsonElement> RowAsync(string id) =>
        JsonDocument.Parse((await commands.RunAsync("tokens", "list", "--json")).Out).RootElement.EnumerateArray().Single(row => row.GetProperty("id").GetString() == id);
}
