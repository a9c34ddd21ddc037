using System.Security.Cryptography;
using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Recordings.Storage;
using Scalelite.Workers.Servers;
using Scalelite.Workers.Tests.Pool;

namespace Scalelite.Workers.Tests.Recordings;

/// <summary>Recordings in folders of their own, with a database and hosts.</summary>
internal sealed class RecordingLibrary : IAsyncDisposable
{
    public static readonly ChangedBy By = new("test");

    private RecordingLibrary(TestPool pool, string folder) => (Pool, Folder) = (pool, folder);

    public TestPool Pool { get; }

    public string Folder { get; }

    private string Unpublished => Pool.Settings.Recordings.UnpublishFolder;

    public IRecordingStorage Storage => Pool.Reader<IRecordingStorage>();

    public static async Task<RecordingLibrary> OpenAsync(int hosts = 0, TimeSpan? retention = null, string? unpublished = null, BucketSettings? bucket = null)
    {
        var folder = Directory.CreateTempSubdirectory("scalelite-library-").FullName;
        var settings = TestPool.Quick with
        {
            Bucket = bucket ?? new BucketSettings(),
            Imports = TestPool.Quick.Imports with { WorkFolder = Path.Combine(folder, "work") },
            Recordings = new RecordingSettings
            {
                PublishFolder = Path.Combine(folder, "published"),
                UnpublishFolder = unpublished ?? Path.Combine(folder, "unpublished"),
                Retention = retention,
            },
        };
        Directory.CreateDirectory(settings.Recordings.PublishFolder);
        Directory.CreateDirectory(settings.Recordings.UnpublishFolder);
        return new RecordingLibrary(await TestPool.StartAsync(1, settings, hosts, register: false), folder);
    }

    public T Get<T>()
        where T : notnull => Pool.Reader<T>();

    /// <summary>Has a recording, published, with the formats video and presentation, as an import leaves it.</summary>
    public async Task<string> ImportAsync(string? recordId = null, string tenantId = "", DateTimeOffset? endedAt = null)
    {
        recordId ??= $"{Guid.NewGuid():n}-1700000000000";
        var end = endedAt ?? DateTimeOffset.UtcNow;
        foreach (var format in new[] { "presentation", "video" })
        {
            var staged = Storage.TargetOf(Guid.NewGuid(), new FormatFolder(RecordingPlace.Published, format, recordId));
            var lines = new List<ManifestLine>();
            foreach (var path in new[] { "metadata.xml", "media/a.webm" })
            {
                var file = Path.Combine(staged.Staged, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                var bytes = System.Text.Encoding.UTF8.GetBytes($"{format} {path}");
                await File.WriteAllBytesAsync(file, bytes);
                lines.Add(new ManifestLine(path, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))));
            }

            var sha256 = await Manifest.WriteAsync(staged.Staged, lines, default);
            await Storage.PutInPlaceAsync(staged, default);
            await Storage.ForgetAsideAsync(staged.Import, default);
            await Pool.AppendAsync(Streams.Recording(recordId), new RecordingImported(
                recordId, tenantId, staged.Import, null,
                new RecordingDescription(
                    recordId, "room", recordId, "Room", end.AddHours(-1).ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds(), 2, null, false, null, [],
                    new Dictionary<string, string>()),
                new RecordingFormat(format, $"/{format}/{recordId}/", 60, null, null, [], lines.Count, lines.Sum(line => line.Bytes), sha256),
                RecordingPlace.Published, Published: true, DateTimeOffset.UtcNow));
        }

        return recordId;
    }

    /// <summary>Where the files of a format are: <c>published</c>, <c>unpublished</c>, both or nothing.</summary>
    public string Where(string recordId, string format = "video") => string.Join(
        '+', new[] { "published", "unpublished" }.Where(place => File.Exists(PathOf(place, recordId, "media/a.webm", format))));

    public string PathOf(string place, string recordId, string path = "", string format = "video") => Path.Combine(
        place == "unpublished" ? Unpublished : Path.Combine(Folder, place), format, recordId, path);

    public Task<long> WorkAsync() => Pool.Database.ScalarAsync<long>("select count(*) from recording_file_work");

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
