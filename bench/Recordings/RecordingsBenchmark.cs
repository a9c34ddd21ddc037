using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Scalelite.Api.Hosting;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Workers.Configuration;

namespace Scalelite.Bench.Recordings;

/// <summary>getRecordings over real HTTP on a million recordings with six metadata each: one caller, a different question each time.</summary>
internal static class RecordingsBenchmark
{
    private const string Secret = "the-secret-of-the-benchmark";
    private const int Few = 20;

    public static async Task RunAsync(string[] options)
    {
        var recordings = options.Length > 0 ? int.Parse(options[0], CultureInfo.InvariantCulture) : 1_000_000;
        var calls = options.Length > 1 ? int.Parse(options[1], CultureInfo.InvariantCulture) : 500;
        await using var database = await BenchDatabase.StartAsync(options.Length > 2 ? options[2] : null);
        var connectionString = new NpgsqlConnectionStringBuilder(await database.CreateAsync("recordings"))
        {
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            MaxPoolSize = 30,
        }.ConnectionString;
        var port = FreePort();
        var settings = new Settings
        {
            Security = new SecuritySettings { SecretKeyBase = new string('k', 40), LoadBalancerSecrets = [Secret] },
            Database = new DatabaseSettings { ConnectionString = connectionString },
            Http = new HttpSettings { Listen = $"http://127.0.0.1:{port}" },
            Playback = new PlaybackSettings { ProtectionEnabled = true },
            Logging = new LoggingSettings { Level = LogLevelName.Error },
        };
        await using var built = await ScaleliteHost.BuildAsync(settings, Roles.Api, CancellationToken.None);
        var began = Stopwatch.StartNew();
        if (await RecordingRows.FillAsync(connectionString, recordings))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{recordings:n0} recordings in {began.Elapsed.TotalSeconds:n0} s"));
        await built.Host.StartAsync();

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var origin = $"http://127.0.0.1:{port}/bigbluebutton/api/";
        var questions = Questions(recordings, calls).Where(question => options.Length < 4 || question.Name.Contains(options[3], StringComparison.Ordinal)).ToList();
        // Before anything is measured, the code is warm.
        foreach (var (_, _, query) in questions) await TimeAsync(http, origin, 3 * Few, n => query(n + 200_000));
        Console.WriteLine("| question | answers | p50 ms | p99 ms |");
        Console.WriteLine("| --- | ---: | ---: | ---: |");
        foreach (var (name, count, query) in questions)
        {
            await TimeAsync(http, origin, Few, n => query(n + 100_000));
            var (times, answers) = await TimeAsync(http, origin, count, query);
            Array.Sort(times);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {name} | {(double)answers / count:n0} | {times[count / 2]:n1} | {times[(int)(count * 0.99)]:n1} |"));
        }

        await built.Host.StopAsync();
    }

    private static IEnumerable<(string Name, int Calls, Func<int, string> Query)> Questions(int recordings, int calls)
    {
        yield return ("meetingID, a page of ten", calls, n => $"meetingID=room-{Any(n, recordings / 10)}&limit=10");
        yield return ("25 meetingIDs", calls, n => $"meetingID={string.Join(',', Enumerable.Range(0, 25).Select(i => $"room-{Any((25 * n) + i, recordings / 10)}"))}&limit=10");
        yield return ("recordID prefix", calls, n => $"recordID={RecordingRows.IdOf(Any(n, recordings))[..20]}&limit=10");
        yield return ("25 recordIDs, any state", calls, n => $"recordID={string.Join(',', Enumerable.Range(0, 25).Select(i => RecordingRows.IdOf(Any((25 * n) + i, recordings))))}&state=any");
        yield return ("one meta", calls, n => $"meta_bbb-context-id={Any(n, recordings / 20)}&limit=10");
        yield return ("two metas, one of them on every recording", calls, n => $"meta_bbb-origin=Moodle&meta_bbb-context-id={Any(n, recordings / 20)}&limit=10");
        yield return ("meta by its beginning", calls, n => $"meta_bbb-recording-name=Lesson+{Any(n, recordings)}%25&limit=10");
        yield return ("meta by its end", Few * 5, n => $"meta_bbb-recording-name=%25number+{Any(n, recordings)}&limit=10");
        yield return ("tenant (all of it)", calls, _ => "limit=10");
        yield return ("state", calls, _ => "state=unpublished&limit=10");
        yield return ("page 1,000", calls, _ => "offset=9990&limit=10");
        yield return ("a thousand recordings of one meeting", Few * 5, _ => "meetingID=lecture");
    }

    /// <summary>Far from the one before, the same in every run.</summary>
    private static int Any(int n, int of) => (int)(n * 7_919_993L % of);

    private static async Task<(double[] Milliseconds, long Recordings)> TimeAsync(HttpClient http, string origin, int calls, Func<int, string> query)
    {
        var times = new double[calls];
        long recordings = 0;
        for (var n = 0; n < calls; n++)
        {
            var url = Url(origin, query(n));
            var sent = Stopwatch.GetTimestamp();
            using var reply = await http.GetAsync(url);
            var text = await reply.Content.ReadAsStringAsync();
            times[n] = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            if (!text.StartsWith("<response><returncode>SUCCESS", StringComparison.Ordinal)) throw new InvalidOperationException($"{url}: {text}");
            recordings += Count(text);
        }

        return (times, recordings);
    }

    private static int Count(string text)
    {
        var count = 0;
        for (var at = 0; (at = text.IndexOf("<recordID>", at, StringComparison.Ordinal)) >= 0; at++) count++;
        return count;
    }

    private static Uri Url(string origin, string query) =>
        new($"{origin}getRecordings?{query}&checksum={Checksum.Compute(ChecksumAlgorithm.Sha256, "getRecordings", query, Secret)}");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
