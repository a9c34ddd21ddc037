using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Playback;

/// <summary>Recordings in a bucket: what is large comes from there by a URL that opens one file, all else through us. tests/Interop/s3 asks a real server.</summary>
public sealed class BucketTests(BucketTests.WithBucket shared) : IClassFixture<BucketTests.WithBucket>
{
    private static readonly byte[] Media = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];

    [Theory]
    [InlineData("video", "video-0.webm", "video/webm", null)]
    [InlineData("podcast", "audio.ogg", "audio/ogg", "attachment")]
    [InlineData("notes", "notes.pdf", "application/pdf", "attachment")]
    public async Task What_is_large_comes_from_the_bucket_by_a_URL_for_that_file(string format, string file, string contentType, string? disposition)
    {
        var id = await shared.Shelf.AddAsync(format);
        shared.Objects[$"published/{format}/{id}/{file}"] = Media;

        var sent = await shared.GetAsync($"/{format}/{id}/{file}");
        var part = await shared.GetAsync(sent.Location, ("Range", "bytes=10-19"));

        Assert.Equal(302, sent.Status);
        Assert.True(sent.Headers.CacheControl?.NoStore);
        Assert.StartsWith($"{shared.Endpoint}/recordings/published/{format}/{id}/{file}?", sent.Location, StringComparison.Ordinal);
        Assert.Contains("X-Amz-Signature=", sent.Location, StringComparison.Ordinal);
        Assert.Equal(206, part.Status);
        Assert.Equal(Media[10..20], part.Bytes);
        Assert.Equal(contentType, part.ContentHeaders.ContentType?.ToString());
        Assert.Equal(disposition, part.ContentHeaders.ContentDisposition?.ToString());
    }

    [Theory]
    [InlineData("", "index.html", "text/html; charset=utf-8")]
    [InlineData("captions_en.vtt", "captions_en.vtt", "text/vtt; charset=utf-8")]
    [InlineData("gr%C3%B6%C3%9Fe%20100%25.json", "größe 100%.json", "application/json")]
    public async Task Pages_and_what_scripts_fetch_come_through_us(string path, string file, string contentType)
    {
        var id = await shared.Shelf.AddAsync();
        shared.Objects[$"published/video/{id}/{file}"] = Media;

        var reply = await shared.GetAsync($"/video/{id}/{path}");

        Assert.Equal(200, reply.Status);
        Assert.Equal(Media, reply.Bytes);
        Assert.Equal(contentType, reply.ContentHeaders.ContentType?.ToString());
        Assert.Equal("no-cache", reply.Headers.CacheControl?.ToString());
        Assert.Equal(404, (await shared.GetAsync($"/video/{id}/missing.html")).Status);
    }

    [Fact]
    public async Task What_is_not_published_is_never_served_from_a_bucket_nor_signed_for_it()
    {
        var (unpublished, closed) = (await shared.Shelf.AddAsync(published: false), await shared.Shelf.AddAsync(isProtected: true));
        var deleted = await shared.Shelf.AddAsync();
        await shared.Shelf.HappensAsync(deleted, new RecordingDeleted(deleted, "a test", DateTimeOffset.UtcNow));
        foreach (var id in new[] { unpublished, closed, deleted })
        {
            shared.Objects[$"published/video/{id}/index.html"] = Media;
            shared.Objects[$"published/video/{id}/video-0.webm"] = Media;
            shared.Objects[$"unpublished/video/{id}/video-0.webm"] = Media;
            foreach (var file in new[] { "", "video-0.webm", ".manifest.jsonl", "..%2f..%2f..%2funpublished/video/x.webm" })
            {
                var reply = await shared.GetAsync($"/video/{id}/{file}");
                Assert.Equal(404, reply.Status);
                Assert.Null(reply.Headers.Location);
            }
        }
    }

    public sealed class WithBucket : SharedShelf, IAsyncLifetime
    {
        private readonly WebApplication _bucket = CreateBucket();

        internal ConcurrentDictionary<string, byte[]> Objects { get; } = new();

        internal string Endpoint => _bucket.Urls.Single();

        async Task IAsyncLifetime.InitializeAsync()
        {
            _bucket.Run(async http =>
            {
                var key = Uri.UnescapeDataString(http.Request.Path.Value!["/recordings/".Length..]);
                var query = http.Request.Query;
                if (query["response-content-disposition"] is [{ } disposition]) http.Response.Headers.ContentDisposition = disposition;
                var answer = Objects.TryGetValue(key, out var bytes)
                    ? Results.Bytes(bytes, query["response-content-type"].ToString() is { Length: > 0 } type ? type : null, enableRangeProcessing: true)
                    : Results.Text("<Error><Code>NoSuchKey</Code></Error>", "application/xml", null, 404);
                await answer.ExecuteAsync(http);
            });
            await _bucket.StartAsync();
            await InitializeAsync();
        }

        async Task IAsyncLifetime.DisposeAsync()
        {
            await DisposeAsync();
            await _bucket.DisposeAsync();
        }

        private protected override Settings Change(Settings settings) => settings with
        {
            Bucket = new BucketSettings { Used = true, Name = "recordings", Endpoint = Endpoint, AccessKeyId = "key", SecretAccessKey = "secret" },
        };

        private static WebApplication CreateBucket()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            return builder.Build();
        }
    }
}
