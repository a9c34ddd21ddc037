using Scalelite.Api.Playback.Pages;
using Scalelite.Api.Tests.Calls;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Api.Tests.Playback;

/// <summary>What people see who cannot watch what they came for.</summary>
public sealed class PageTests(SharedShelf shared) : IClassFixture<SharedShelf>
{
    [Theory]
    [InlineData("en-GB,en;q=0.9", "en", "Recording not found")]
    [InlineData("de-AT", "de", "Aufzeichnung nicht gefunden")]
    [InlineData("fr", "fr", "Enregistrement introuvable")]
    [InlineData("es-MX,es", "es", "Grabación no encontrada")]
    [InlineData("pt-BR", "pt", "Gravação não encontrada")]
    [InlineData("xx,fr;q=0.3,DE;q=0.8", "de", "Aufzeichnung nicht gefunden")]
    [InlineData("de;q=0,es;q=0.1", "es", "Grabación no encontrada")]
    [InlineData("xx", "en", "Recording not found")]
    [InlineData("*", "en", "Recording not found")]
    [InlineData("][;;q=x", "en", "Recording not found")]
    [InlineData("", "en", "Recording not found")]
    public async Task A_page_is_in_the_reader_s_language(string wanted, string language, string title)
    {
        var reply = await shared.GetAsync("/video/unknown/", ("Accept-Language", wanted));

        Assert.Equal(404, reply.Status);
        Assert.Equal("text/html; charset=utf-8", reply.ContentHeaders.ContentType?.ToString());
        Assert.Equal(language, Assert.Single(reply.ContentHeaders.ContentLanguage));
        Assert.Contains("Accept-Language", reply.Headers.Vary);
        Assert.Contains($"<html lang=\"{language}\">", reply.Text, StringComparison.Ordinal);
        Assert.Contains($"<h1>{title}</h1>", System.Net.WebUtility.HtmlDecode(reply.Text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_reader_s_language_is_not_known_it_is_the_site_s()
    {
        await using var balancer = await shared.StartAsync(settings => settings with { Playback = settings.Playback with { Locale = "pt_BR" } });

        var reply = await balancer.Lms.GetUrlAsync("/video/unknown/");

        Assert.Contains("<html lang=\"pt\">", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_loads_nothing_bears_nothing_of_the_request_and_is_not_kept()
    {
        var reply = await shared.GetAsync(
            "/video/%3Cscript%3Ealert(1)%3C%2Fscript%3E/?token=abc%3Cscript%3E", ("Accept-Language", "<script>"), ("X-Request-Id", "\"><script>"));

        Assert.DoesNotContain("script", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("token", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotMatch("\\{(lang|title|text|request)\\}", reply.Text);
        Assert.StartsWith("default-src 'none'", Assert.Single(reply.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("no-referrer", Assert.Single(reply.Headers.GetValues("Referrer-Policy")));
        Assert.True(reply.Headers.CacheControl?.NoStore);
        Assert.Empty((await shared.SendAsync(HttpMethod.Head, "/video/unknown/")).Bytes);
    }

    [Fact]
    public async Task The_page_names_the_request_under_which_it_is_logged()
    {
        var id = SharedBalancer.NewId("request");

        var reply = await shared.GetAsync("/video/unknown/?token=do-not-log-this", ("X-Request-Id", id));

        Assert.Contains(id, reply.Text, StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => ConsoleText.Lines(id).Length > 0);
        Assert.Contains("file 404", Assert.Single(ConsoleText.Lines(id)), StringComparison.Ordinal);
        Assert.DoesNotContain("do-not-log-this", ConsoleText.All, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_language_has_every_text()
    {
        Assert.Superset(new HashSet<string> { "en", "de", "fr", "es", "pt" }, PageTexts.All.ToHashSet());
        foreach (var language in PageTexts.All)
        {
            foreach (var page in new[] { "notFound", "expired", "noPlayer", "unavailable" })
            {
                var (title, text) = PageTexts.For([language], "en")[page];
                Assert.True(title.Length > 5 && text.Length > 40, $"{page} in {language}");
            }
        }
    }
}
