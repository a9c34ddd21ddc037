using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Scalelite.Api.CommandLine.Imbalance;
using Scalelite.Api.CommandLine.Imbalance.Html;
using Scalelite.Domain.Imbalance;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine.Imbalance;

/// <summary>The page of <c>scalelite imbalance --html</c>.</summary>
public sealed class ImbalancePageTests
{
    private static readonly DateTimeOffset Midnight = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_day_of_a_hundred_servers_is_well_formed_and_below_two_megabytes()
    {
        var page = ImbalancePage.Of(Day(100));

        Assert.InRange(Encoding.UTF8.GetByteCount(page), 100_000, 2_000_000);
        var html = Read(page);
        Assert.Equal(100, html.Descendants("svg").Single(svg => (string?)svg.Attribute("id") == "heat").Elements("text").Count(text => ((string?)text.Attribute("class"))!.StartsWith("name", StringComparison.Ordinal)));
        Assert.Equal(LineCharts.All.Count, html.Descendants("svg").Count(svg => (string?)svg.Attribute("class") == "chart"));
        Assert.Equal(100, html.Descendants("table").First().Element("tbody")!.Elements("tr").Count());
    }

    [Fact]
    public void A_thousand_servers_are_those_with_the_highest_peaks_and_the_page_stays_small()
    {
        var page = ImbalancePage.Of(Day(1000));

        Assert.InRange(Encoding.UTF8.GetByteCount(page), 100_000, 6_000_000);
        Assert.Contains("600 more servers, with lower peaks, are in the table only.", Read(page).Descendants("p").Select(p => p.Value));
    }

    [Fact]
    public void Nothing_in_it_comes_from_elsewhere_and_its_policy_lets_in_only_its_own_style_and_script()
    {
        var page = ImbalancePage.Of(Day(5));
        var html = Read(page);

        Assert.DoesNotMatch(new Regex(@"https?:|//[a-z]|url\(|@import|<(link|img|iframe|object|embed|base|form)\b|\b(src|href|action)=|\bon[a-z]+=|\bstyle=", RegexOptions.IgnoreCase), Markup(page));
        var policy = (string)html.Descendants("meta").Single(meta => (string?)meta.Attribute("http-equiv") == "Content-Security-Policy").Attribute("content")!;
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.Contains($"style-src 'sha256-{Hash(html.Descendants("style").Single().Value)}';", policy, StringComparison.Ordinal);
        var script = html.Descendants("script").Single(script => script.Attribute("type") is null).Value;
        Assert.Contains($"script-src 'sha256-{Hash(script)}';", policy, StringComparison.Ordinal);

        // Read as HTML it must be the same bytes: nothing in them may be escaped.
        Assert.Contains(script, page, StringComparison.Ordinal);
        Assert.Contains(html.Descendants("style").Single().Value, page, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex(@"fetch|XMLHttpRequest|innerHTML|eval|document\.write|import\("), script);
    }

    [Fact]
    public void Hostile_names_stay_text_wherever_they_stand()
    {
        const string Hostile = "</script></style></title><script>alert('1')</script>\"'><img src=x onerror=alert(2)>&amp;\u0000\u001b[31m\uffff\ud800";
        var page = ImbalancePage.Of(Day(4, hostile: Hostile));
        var html = Read(page);

        Assert.Equal(2, html.Descendants("script").Count());
        Assert.Empty(html.Descendants("img"));
        Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, Regex.Count(page, "<script"));
        Assert.Equal(2, Regex.Count(page, "</script"));
        Assert.All(html.Descendants().Attributes(), attribute => Assert.DoesNotMatch("^on", attribute.Name.LocalName));
        Assert.Contains(html.Descendants("tbody").Descendants("th"), cell => cell.Value.StartsWith("</script></style>", StringComparison.Ordinal));
        Assert.Contains("<img src=x", html.Descendants("ol").Single().Value, StringComparison.Ordinal);

        using var cells = JsonDocument.Parse(html.Descendants("script").First().Value);
        Assert.Contains(cells.RootElement.GetProperty("names").EnumerateArray(), name => name.GetString()!.StartsWith("</script>", StringComparison.Ordinal));
    }

    [Fact]
    public void The_script_is_told_the_same_that_the_picture_and_the_table_show()
    {
        var history = Day(3);
        var html = Read(ImbalancePage.Of(history));
        using var cells = JsonDocument.Parse(html.Descendants("script").First().Value);
        var grid = history.Report.Grid!;

        Assert.Equal(grid.Columns, cells.RootElement.GetProperty("columns").GetInt32());
        var loads = cells.RootElement.GetProperty("loads").EnumerateArray().ToList();
        var placed = cells.RootElement.GetProperty("placed").EnumerateArray().ToList();
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < grid.Columns; column++)
            {
                Assert.Equal(Math.Round(grid.Load($"server-{row:000}", column)!.Value, 1), loads[row][column].GetDouble());
                Assert.Equal(grid.Placements($"server-{row:000}", column), placed[row][column].GetInt32());
            }
        }
    }

    [Fact]
    public void A_time_of_which_nothing_is_known_is_a_page_too()
    {
        var range = new ImbalanceRange(Midnight, Midnight.AddDays(1), TimeSpan.FromMinutes(1));
        var page = ImbalancePage.Of(new MeasuredHistory(
            new ImbalanceQuestion(range, null, 10, Grid: true), new ImbalanceMeter(new(range, Grid: true)).Report(),
            new Dictionary<string, string>(), new Dictionary<ImbalanceMoment, LargestMeeting>()));

        Assert.Contains(Read(page).Descendants("p"), p => p.Value.Contains("no server took meetings", StringComparison.Ordinal));
    }

    /// <summary>A school day: load that rises at eight and falls in the afternoon, with a burst onto one server.</summary>
    internal static MeasuredHistory Day(int servers, string? hostile = null)
    {
        var range = new ImbalanceRange(Midnight, Midnight.AddDays(1), TimeSpan.FromMinutes(1));
        var meter = new ImbalanceMeter(new(range, Moments: 10, Grid: true));
        var chance = new Random(42);
        var names = Enumerable.Range(0, servers).ToDictionary(i => $"server-{i:000}", i => i == 1 && hostile is not null ? hostile : $"bbb-{i:000}.example.org");
        string[] ids = [.. names.Keys];
        var level = new double[servers];
        for (var minute = 0; minute < 24 * 60; minute++)
        {
            var at = Midnight.AddMinutes(minute);
            var hour = minute / 60.0;
            var busy = hour is > 7.5 and < 17 ? 60 + (40 * Math.Sin((hour - 7.5) / 9.5 * Math.PI)) : 6;
            for (var i = 0; i < servers; i++) level[i] += ((busy * (i == 1 && hour is > 8 and < 9.5 ? 3 : 1)) - level[i] + (chance.NextDouble() * 30) - 15) / 12;
            var away = hour is > 12 and < 15 && servers > 3 ? ids.Length / 10 : 0;
            if (minute == 12 * 60) for (var i = 0; i < away; i++) meter.Changed(new(at, ids[^(i + 1)], PoolChangeKind.Cordoned));
            if (minute == 15 * 60) for (var i = 0; i < servers / 10; i++) meter.Changed(new(at, ids[^(i + 1)], PoolChangeKind.Enabled));
            meter.Sample(at, [.. ids.SkipLast(away).Select((id, i) => new ServerSample(id, Math.Max(0, level[i])))]);
            var creates = hour is > 7.5 and < 17 ? chance.Next(servers / 8 + 2) : chance.Next(10) == 0 ? 1 : 0;
            for (var i = 0; i < creates; i++) meter.Placed(new(at.AddSeconds(i), ids[chance.Next(ids.Length - away)], TimeSpan.FromSeconds(chance.Next(10)), servers - away));
            if (minute == 8 * 60) for (var i = 0; i < 41; i++) meter.Placed(new(at.AddSeconds(12 + (i * 0.8)), i % 2 == 0 ? ids[1] : ids[i % ids.Length], TimeSpan.FromSeconds(58), servers));
        }

        return new MeasuredHistory(
            new ImbalanceQuestion(range, null, 10, Grid: true), meter.Report(), names, new Dictionary<ImbalanceMoment, LargestMeeting>());
    }

    // As XML, which is stricter than HTML.
    private static XDocument Read(string page)
    {
        Assert.StartsWith("<!DOCTYPE html><html lang=\"en\">", page, StringComparison.Ordinal);
        using var reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    // All but the style and the scripts: these are ours, or JSON.
    private static string Markup(string page) => Regex.Replace(page, "<(style|script)[^>]*>.*?</(style|script)>", "", RegexOptions.Singleline);

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
