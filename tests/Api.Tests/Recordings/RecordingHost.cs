using System.Text;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using Scalelite.Api.Tests.Calls;
using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Tests.Recordings;

/// <summary>A balancer with folders for recordings, filled as imports fill them.</summary>
internal sealed class RecordingHost : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;

    private RecordingHost(Balancer balancer, DirectoryInfo folder) => (Balancer, _folder) = (balancer, folder);

    public Balancer Balancer { get; }

    public Lms Lms => Balancer.Lms;

    public static async Task<RecordingHost> StartAsync(Func<Settings, Settings>? change = null)
    {
        var folder = Directory.CreateTempSubdirectory("scalelite-recordings-");
        var balancer = await Balancer.StartAsync(0, settings =>
        {
            settings = settings with
            {
                Recordings = settings.Recordings with
                {
                    PublishFolder = Path.Combine(folder.FullName, "published"),
                    UnpublishFolder = Path.Combine(folder.FullName, "unpublished"),
                },
                Playback = settings.Playback with { ProtectionEnabled = true },
            };
            return change is null ? settings : change(settings);
        });
        return new RecordingHost(balancer, folder);
    }

    /// <summary>An id as nodes make them: nobody else's.</summary>
    public static string NewId() => $"{Guid.NewGuid():n}{Guid.NewGuid():n}"[..40] + "-1700000000000";

    /// <summary>Puts a recording, or one more format of it, into the folder and the catalog.</summary>
    public async Task<string> ImportAsync(
        string? id = null,
        string meetingId = "room",
        string tenant = "",
        string format = "presentation",
        bool published = true,
        long start = 1_700_000_000_000,
        Func<RecordingDescription, RecordingDescription>? change = null,
        IReadOnlyList<Thumbnail>? thumbnails = null,
        params (string Key, string Value)[] metadata)
    {
        id ??= NewId();
        var description = new RecordingDescription(
            id, meetingId, id, $"Name of {meetingId}", start, start + 60_000, 3, 123_456, false, null, [], metadata.ToDictionary(meta => meta.Key, meta => meta.Value));
        var known = new RecordingFormat(format, $"/playback/{format}/2.3/{id}", 3, 7177, 1000, thumbnails ?? [], 1, 9, null);
        Directory.CreateDirectory(PathOf(id, format, published));
        await File.WriteAllTextAsync(Path.Combine(PathOf(id, format, published), "metadata.xml"), "<recording/>");
        await Balancer.AppendAsync(
            Streams.Recording(id),
            new RecordingImported(
                id, tenant, Guid.NewGuid(), null, change?.Invoke(description) ?? description, known,
                published ? RecordingPlace.Published : RecordingPlace.Unpublished, published, DateTimeOffset.UtcNow));
        return id;
    }

    /// <summary>A format's folder.</summary>
    public string PathOf(string id, string format = "presentation", bool published = true) =>
        Path.Combine(_folder.FullName, published ? "published" : "unpublished", format, id);

    /// <summary>The ids that a getRecordings lists, in its order.</summary>
    public async Task<string[]> ListAsync(string query) => Ids(await Lms.GetAsync("getRecordings", query));

    public static string[] Ids(Reply reply) => [.. Recordings(reply).Select(recording => recording.Element("recordID")!.Value)];

    public static IEnumerable<XElement> Recordings(Reply reply) =>
        reply.Code == "SUCCESS" ? reply.Xml.Element("recordings")!.Elements("recording") : throw new InvalidOperationException(reply.Text);

    /// <summary>The one recording that is listed under an id.</summary>
    public async Task<XElement> ShowAsync(string id) => Recordings(await Lms.GetAsync("getRecordings", $"recordID={id}&state=any")).Single();

    public Task<Reply> UploadAsync(string query, string text, string name = "file", string type = "text/vtt") => Lms.PostAsync(
        "putRecordingTextTrack",
        query,
        Encoding.UTF8.GetBytes($"--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.vtt\"\r\nContent-Type: {type}\r\n\r\n{text}\r\n--b--\r\n"),
        "multipart/form-data; boundary=b");

    public async ValueTask DisposeAsync()
    {
        await Balancer.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
