using Amazon.Runtime;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Recordings.Storage;
using Scalelite.Workers.Tests.Recordings;
using Xunit;

namespace Scalelite.Interop.S3;

/// <summary>The contract of storages, against a server that speaks S3. All tests share one bucket, as many recordings do.</summary>
public sealed class BucketStorageTests : RecordingStorageContract, IDisposable
{
    private readonly string _work = Directory.CreateTempSubdirectory("scalelite-s3-").FullName;
    private readonly BucketStorage _storage;

    public BucketStorageTests() => _storage = new BucketStorage(Settings, _work, TimeProvider.System);

    protected override IRecordingStorage Storage => _storage;

    internal static BucketSettings Settings => new()
    {
        Used = true,
        Name = Given("S3_BUCKET_NAME"),
        Endpoint = Given("AWS_ENDPOINT_URL_S3"),
        AccessKeyId = Given("AWS_ACCESS_KEY_ID"),
        SecretAccessKey = Given("AWS_SECRET_ACCESS_KEY"),
    };

    public override Task InitializeAsync() => Task.CompletedTask;

    public override Task DisposeAsync()
    {
        Directory.Delete(_work, recursive: true);
        return Task.CompletedTask;
    }

    public void Dispose() => _storage.Dispose();

    [Fact]
    public async Task Objects_lie_as_Scalelite_lays_them_out()
    {
        var staged = await PutAsync("layout-1", "metadata.xml", 12);
        using var objects = new BucketObjects(Settings);
        Assert.Equal("unpublished/video/layout-1/", staged.Target);
        Assert.Contains("unpublished/video/layout-1/metadata.xml", await objects.ListAsync("unpublished/video/layout-1/", default).Select(one => one.Key).ToListAsync());

        await _storage.MoveAsync("layout-1", "video", RecordingPlace.Published, default);

        Assert.Contains("published/video/layout-1/metadata.xml", await objects.ListAsync("published/video/layout-1/", default).Select(one => one.Key).ToListAsync());
    }

    [Fact]
    public async Task A_large_file_goes_up_in_parts_and_comes_back_whole()
    {
        var staged = await PutAsync("large-1", "video-0.m4v", 40 << 20);
        await _storage.MoveAsync("large-1", "video", RecordingPlace.Published, default);

        await using var file = (await _storage.OpenAsync(staged.Folder with { Place = RecordingPlace.Published }, "video-0.m4v", default))!;
        var whole = new MemoryStream();
        await file.CopyToAsync(whole);
        Assert.Equal(40 << 20, whole.Length);
        Assert.All([0, 1 << 20, (40 << 20) - 1], at => Assert.Equal((byte)at, whole.GetBuffer()[at]));
    }

    [Fact]
    public async Task A_URL_opens_one_file_for_a_while_says_what_it_is_and_serves_ranges()
    {
        var staged = await PutAsync("url-1", "video-0.m4v", 1000);
        var location = Assert.IsType<PlaybackLocation.AtUrl>(await _storage.LocateAsync(
            staged.Folder, "video-0.m4v", new PlaybackHeaders("video/mp4", "attachment"), TimeSpan.FromMinutes(5), default));
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, location.Url);
        request.Headers.Range = new(10, 19);

        using var answer = await client.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal("video/mp4", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal(Enumerable.Range(10, 10).Select(n => (byte)n), await answer.Content.ReadAsByteArrayAsync());

        // s3rver looks at no signature; that there is one, and until when it holds, is seen in the URL.
        Assert.Contains("X-Amz-Signature=", location.Url.Query, StringComparison.Ordinal);
        Assert.Contains("X-Amz-Expires=", location.Url.Query, StringComparison.Ordinal);
        Assert.InRange(location.ExpiresAt - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
    }

    protected override IRecordingStorage DyingAfter(int steps) =>
        new BucketStorage(new BucketObjects(Settings, wire: new DyingWire(steps)), _work, TimeProvider.System);

    protected override bool IsDeath(Exception exception) =>
        exception is KilledException or AggregateException || exception.InnerException is { } inner && IsDeath(inner);

    protected override async Task<string> FetchAsync(PlaybackLocation location)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(Assert.IsType<PlaybackLocation.AtUrl>(location).Url);
    }

    private static string Given(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set: start the tests by tests/Interop/s3/run");

    private async Task<StagedFolder> PutAsync(string recordId, string path, int bytes)
    {
        var staged = _storage.TargetOf(Guid.NewGuid(), new FormatFolder(RecordingPlace.Unpublished, "video", recordId));
        Directory.CreateDirectory(staged.Staged);
        var content = new byte[bytes];
        for (var i = 0; i < bytes; i++) content[i] = (byte)i;
        await File.WriteAllBytesAsync(Path.Combine(staged.Staged, path), content);
        await _storage.PutInPlaceAsync(staged, default);
        return staged;
    }

    /// <summary>Carries so many requests that change something, and no more.</summary>
    private sealed class DyingWire(int steps) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(steps));

        private sealed class Handler(int steps) : DelegatingHandler(new SocketsHttpHandler())
        {
            private int _left = steps;

            // What is under way arrives: else it might do so in the middle of the next try.
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
                request.Method != HttpMethod.Get && Interlocked.Decrement(ref _left) < 0
                    ? throw new KilledException()
                    : base.SendAsync(request, CancellationToken.None);
        }
    }

    private sealed class KilledException : Exception;
}
