using System.Net;
using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.AspNetCore.StaticFiles;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Recordings.Storage;

/// <summary>An object of a bucket.</summary>
internal readonly record struct BucketObject(string Key, long Bytes, DateTimeOffset ModifiedAt);

/// <summary>
/// The few things that are done with the objects of a bucket, many at a time. Only what every server that speaks S3 has: no batch
/// deletes, whose checksums servers disagree on, no conditional writes, no renames.
/// </summary>
/// <param name="copyInParts">Objects of so many bytes are copied in parts: servers copy no more than 5 GiB at once.</param>
/// <param name="wire">Carries the requests; null: as ever.</param>
internal sealed class BucketObjects(BucketSettings settings, long copyInParts = 5L << 30, HttpClientFactory? wire = null) : IDisposable
{
    /// <summary>A part of a large object when it is copied; the server takes no more than 10,000 of them and 5 GiB each.</summary>
    private const long CopyPart = 512L << 20;

    /// <summary>Larger files go up in parts of this size, or of larger ones if these would be too many.</summary>
    private const long UploadPart = 32L << 20;

    private const int SmallestPart = 5 << 20;
    private const int MostParts = 9000;
    private const int AtOnce = 16;

    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    // The machine's own credentials are looked for by the constructor: not before they are needed.
    private readonly Lazy<AmazonS3Client> _client = new(() => Connect(settings, wire));

    private AmazonS3Client Client => _client.Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_client.IsValueCreated) _client.Value.Dispose();
    }

    /// <summary>Objects whose key begins with this, in order of key.</summary>
    public async IAsyncEnumerable<BucketObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var page in PagesAsync(prefix, delimiter: null, cancellation))
        {
            foreach (var one in page.S3Objects ?? [])
            {
                yield return new BucketObject(one.Key, one.Size ?? 0, new DateTimeOffset((one.LastModified ?? DateTime.UnixEpoch).ToUniversalTime()));
            }
        }
    }

    /// <summary>The names that follow a prefix up to the next slash, where one follows.</summary>
    public async IAsyncEnumerable<string> NamesAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Where a page ends among the objects of a name, some servers begin the next one with the same name.
        var last = "";
        await foreach (var page in PagesAsync(prefix, "/", cancellation))
        {
            foreach (var name in page.CommonPrefixes ?? [])
            {
                if (name != last) yield return name[prefix.Length..^1];
                last = name;
            }
        }
    }

    /// <summary>Opens an object for reading; null where there is none.</summary>
    public async Task<Stream?> OpenAsync(string key, CancellationToken cancellation)
    {
        try
        {
            return (await Client.GetObjectAsync(settings.Name, key, cancellation)).ResponseStream;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Writes an object, whole or not at all.</summary>
    public async Task WriteAsync(string key, Stream content, CancellationToken cancellation)
    {
        // What is signed must be read twice.
        using var kept = content.CanSeek ? null : new MemoryStream();
        if (kept is not null)
        {
            await content.CopyToAsync(kept, cancellation);
            kept.Position = 0;
        }

        await Client.PutObjectAsync(Put(key, request => request.InputStream = kept ?? content), cancellation);
    }

    /// <summary>Writes files as objects; large ones in parts.</summary>
    public Task UploadAsync(IEnumerable<(string File, string Key)> files, CancellationToken cancellation) =>
        Parallel.ForEachAsync(files, Options(cancellation), async (file, token) =>
        {
            var bytes = new FileInfo(file.File).Length;
            if (bytes <= UploadPart) await Client.PutObjectAsync(Put(file.Key, request => request.FilePath = file.File), token);
            else await UploadInPartsAsync(file.File, file.Key, bytes, token);
        });

    /// <summary>Copies objects within the bucket.</summary>
    public Task CopyAsync(IEnumerable<(BucketObject From, string To)> copies, CancellationToken cancellation) =>
        Parallel.ForEachAsync(copies, Options(cancellation), async (copy, token) =>
        {
            if (copy.From.Bytes >= copyInParts) await CopyInPartsAsync(copy.From, copy.To, token);
            else await Client.CopyObjectAsync(settings.Name, copy.From.Key, settings.Name, copy.To, token);
        });

    /// <summary>Removes objects; those that are not there are removed already.</summary>
    public Task RemoveAsync(IEnumerable<string> keys, CancellationToken cancellation) =>
        Parallel.ForEachAsync(keys, Options(cancellation), async (key, token) => await Client.DeleteObjectAsync(settings.Name, key, token));

    /// <summary>A URL that opens an object for a while, without anything else.</summary>
    public async Task<Uri> PresignAsync(string key, PlaybackHeaders headers, DateTimeOffset expiresAt) => new(await Client.GetPreSignedURLAsync(
        new GetPreSignedUrlRequest
        {
            BucketName = settings.Name,
            Key = key,
            Verb = HttpVerb.GET,
            Expires = expiresAt.UtcDateTime,
            Protocol = settings.Endpoint?.StartsWith("http://", StringComparison.OrdinalIgnoreCase) == true ? Protocol.HTTP : Protocol.HTTPS,
            ResponseHeaderOverrides = new ResponseHeaderOverrides { ContentType = headers.ContentType, ContentDisposition = headers.ContentDisposition },
        }));

    private static AmazonS3Client Connect(BucketSettings settings, HttpClientFactory? wire)
    {
        var config = new AmazonS3Config
        {
            // Servers other than Amazon's do not know the newer checksums; a signed body is checked in any case.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (wire is not null) config.HttpClientFactory = wire;
        if (settings.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = settings.Region;
            config.ForcePathStyle = true;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(settings.Region);
        }

        if (settings.AccessKeyId is null) return new AmazonS3Client(config);
        AWSCredentials credentials = settings.SessionToken is null
            ? new BasicAWSCredentials(settings.AccessKeyId, settings.SecretAccessKey)
            : new SessionAWSCredentials(settings.AccessKeyId, settings.SecretAccessKey, settings.SessionToken);
        return new AmazonS3Client(credentials, config);
    }

    private static string ContentTypeOf(string key) => ContentTypes.TryGetContentType(key, out var type) ? type : "application/octet-stream";

    private static ParallelOptions Options(CancellationToken cancellation) =>
        new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };

    private async IAsyncEnumerable<ListObjectsV2Response> PagesAsync(
        string prefix, string? delimiter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request { BucketName = settings.Name, Prefix = prefix, Delimiter = delimiter };
        while (true)
        {
            var page = await Client.ListObjectsV2Async(request, cancellation);
            yield return page;
            if (page.IsTruncated != true) yield break;
            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    /// <summary>A body that is signed as one: not every server takes one that is signed chunk by chunk.</summary>
    private PutObjectRequest Put(string key, Action<PutObjectRequest> body)
    {
        var request = new PutObjectRequest
        {
            BucketName = settings.Name,
            Key = key,
            ContentType = ContentTypeOf(key),
            AutoCloseStream = false,
            UseChunkEncoding = false,
        };
        body(request);
        return request;
    }

    private Task UploadInPartsAsync(string file, string key, long bytes, CancellationToken cancellation) =>
        InPartsAsync(key, bytes, Math.Max(UploadPart, bytes / MostParts), async (upload, number, first, size) =>
            (await Client.UploadPartAsync(
                new UploadPartRequest
                {
                    BucketName = settings.Name,
                    Key = key,
                    UploadId = upload,
                    PartNumber = number,
                    FilePath = file,
                    FilePosition = first,
                    PartSize = size,
                    UseChunkEncoding = false,
                },
                cancellation)).ETag,
            cancellation);

    private Task CopyInPartsAsync(BucketObject from, string to, CancellationToken cancellation) =>
        InPartsAsync(to, from.Bytes, Math.Min(CopyPart, Math.Max(SmallestPart, copyInParts)), async (upload, number, first, size) =>
            (await Client.CopyPartAsync(
                new CopyPartRequest
                {
                    SourceBucket = settings.Name,
                    SourceKey = from.Key,
                    DestinationBucket = settings.Name,
                    DestinationKey = to,
                    UploadId = upload,
                    PartNumber = number,
                    FirstByte = first,
                    LastByte = first + size - 1,
                },
                cancellation)).ETag,
            cancellation);

    private async Task InPartsAsync(
        string key, long bytes, long part, Func<string, int, long, long, Task<string>> transfer, CancellationToken cancellation)
    {
        var upload = await Client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest { BucketName = settings.Name, Key = key, ContentType = ContentTypeOf(key) }, cancellation);
        try
        {
            var parts = new List<PartETag>();
            for (long first = 0; first < bytes; first += part)
                parts.Add(new PartETag(parts.Count + 1, await transfer(upload.UploadId, parts.Count + 1, first, Math.Min(part, bytes - first))));
            await Client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = settings.Name, Key = key, UploadId = upload.UploadId, PartETags = parts }, cancellation);
        }
        catch
        {
            await Client.AbortMultipartUploadAsync(settings.Name, key, upload.UploadId, CancellationToken.None);
            throw;
        }
    }
}
