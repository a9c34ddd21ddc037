using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.Api.Tests.CommandLine;
using Scalelite.Domain.Callbacks;
using Scalelite.Workers.Callbacks;
using Xunit;

namespace Scalelite.Api.Tests.Callbacks;

public sealed class CallbacksCommandTests(Commands commands) : IClassFixture<Commands>
{
    [Fact]
    public async Task Callbacks_are_listed_shown_and_retried_and_their_URLs_are_never_told()
    {
        var (waiting, abandoned) = (Guid.NewGuid(), Guid.NewGuid());
        await OweAsync(waiting);
        await OweAsync(abandoned, new CallbackAbandoned(abandoned, 1, 500, "answered 500; tried 1 times", DateTimeOffset.UtcNow));

        var list = await commands.RunAsync("callbacks", "list");
        Assert.Equal((0, ""), (list.Code, list.Error));
        Assert.Contains("lms.example", list.Out, StringComparison.Ordinal);
        var json = JsonDocument.Parse((await commands.RunAsync("callbacks", "list", "--state", "abandoned", "--json")).Out).RootElement;
        Assert.Equal((abandoned, "abandoned", 500), (json[0].GetProperty("id").GetGuid(), json[0].GetProperty("state").GetString(), json[0].GetProperty("last_status").GetInt32()));
        Assert.Equal(1, json.GetArrayLength());
        var show = await commands.RunAsync("callbacks", "show", abandoned.ToString());
        Assert.Contains("callback_abandoned", show.Out, StringComparison.Ordinal);
        Assert.Contains("answered 500", show.Out, StringComparison.Ordinal);
        var shown = await commands.RunAsync("callbacks", "show", abandoned.ToString(), "--json");
        Assert.Equal(2, JsonDocument.Parse(shown.Out).RootElement.GetProperty("events").GetArrayLength());
        foreach (var told in new[] { list, show, shown }) Assert.DoesNotContain("a-capability", told.Out, StringComparison.Ordinal);

        Assert.Equal(0, (await commands.RunAsync("callbacks", "retry", abandoned.ToString())).Code);
        Assert.Equal("waiting", await commands.Database.ScalarAsync<string>("select state from callback_queue where callback_id = $1", abandoned));
        Assert.Equal(1, await commands.Database.ScalarAsync<long>(
            "select count(*) from mt_events where stream_id = $1 and type = 'callback_retried' and headers->>'actor' like 'cli:%'", $"callback-{abandoned}"));
        var refused = await commands.RunAsync("callbacks", "retry", waiting.ToString());
        Assert.Equal(1, refused.Code);
        Assert.Contains("is not given up", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await commands.RunAsync("callbacks", "retry", Guid.NewGuid().ToString())).Code);
        Assert.Equal(1, (await commands.RunAsync("callbacks", "show", Guid.NewGuid().ToString())).Code);
        Assert.Equal(2, (await commands.RunAsync("callbacks", "list", "--state", "odd")).Code);
    }

    private async Task OweAsync(Guid id, params object[] more)
    {
        await using var host = await commands.HostAsync();
        await using var session = host.Services.GetRequiredService<IDocumentStore>().LightweightSession();
        await host.Services.GetRequiredService<CallbackRegister>().AddAsync(
            session, new OwedCallback(id, CallbackKind.RecordingReady, "https://lms.example/ready?a-capability") { MeetingId = "room", RecordId = "rec" }, CancellationToken.None);
        await session.SaveChangesAsync();
        if (more.Length == 0) return;
        session.Events.Append($"callback-{id}", more);
        await session.SaveChangesAsync();
    }
}
