using Scalelite.Api.Tests.Calls;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Playback;

/// <summary>The presentation player, a folder of static files that the operator brings.</summary>
public sealed class PlayerTests(PlayerTests.WithPlayer shared) : IClassFixture<PlayerTests.WithPlayer>
{
    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/abc-1")]
    [InlineData("/abc-1/")]
    [InlineData("/abc-1?t=5")]
    [InlineData("/index.html")]
    public async Task Any_path_of_the_player_shows_its_page(string path)
    {
        var reply = await shared.GetAsync("/playback/presentation/2.3" + path);

        Assert.Equal(200, reply.Status);
        Assert.Equal("the player", reply.Text);
        Assert.Equal("text/html; charset=utf-8", reply.ContentHeaders.ContentType?.ToString());
        Assert.Equal("no-cache", reply.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task Its_files_are_served_and_no_page_stands_for_one_that_is_missing()
    {
        var script = await shared.GetAsync("/playback/presentation/2.3/static/js/main.js");

        Assert.Equal("its script", script.Text);
        Assert.Equal("text/javascript; charset=utf-8", script.ContentHeaders.ContentType?.ToString());
        Assert.Equal(304, (await shared.GetAsync("/playback/presentation/2.3/static/js/main.js", ("If-None-Match", script.Headers.ETag!.ToString()))).Status);
        Assert.Equal(404, (await shared.GetAsync("/playback/presentation/2.3/static/js/other.js")).Status);
        Assert.Equal(404, (await shared.GetAsync("/playback/presentation/2.3/..%2fsecret.txt")).Status);
        Assert.Equal(404, (await shared.GetAsync("/playback/presentation/2.3/.env")).Status);
    }

    [Theory]
    [InlineData("/playback/presentation/0.81/playback.html?meetingId=abc")]
    [InlineData("/playback/presentation/0.9.0/playback.html?meetingId=abc")]
    public async Task Players_of_long_ago_are_not_here(string path)
    {
        var reply = await shared.GetAsync(path);

        Assert.Equal(404, reply.Status);
        Assert.Contains("Presentations cannot be played here", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_player_a_page_says_so_and_the_operator_s_log_names_the_setting(bool isEmptyFolder)
    {
        var folder = isEmptyFolder ? Path.Combine(shared.Folder, "empty-player") : null;
        await using var balancer = await shared.StartAsync(settings => settings with { Playback = settings.Playback with { PlayerFolder = folder } });

        var reply = await balancer.Lms.GetUrlAsync("/playback/presentation/2.3/abc-1");

        Assert.Equal(404, reply.Status);
        Assert.Contains("PRESENTATION_PLAYER_DIR", reply.Text, StringComparison.Ordinal);
        Assert.NotEmpty(ConsoleText.Lines("PRESENTATION_PLAYER_DIR is " + (folder ?? "not set")));
    }

    public sealed class WithPlayer : SharedShelf
    {
        private protected override Settings Change(Settings settings)
        {
            var player = Path.Combine(Folder, "player");
            Directory.CreateDirectory(Path.Combine(player, "static", "js"));
            File.WriteAllText(Path.Combine(player, "index.html"), "the player");
            File.WriteAllText(Path.Combine(player, "static", "js", "main.js"), "its script");
            File.WriteAllText(Path.Combine(player, ".env"), "secret");
            File.WriteAllText(Path.Combine(Folder, "secret.txt"), "secret");
            return settings with { Playback = settings.Playback with { PlayerFolder = player } };
        }
    }
}
