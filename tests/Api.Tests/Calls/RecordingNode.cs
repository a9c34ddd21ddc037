using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.Api.Tests.Calls;

/// <summary>
/// A web server in a node's place that writes down what arrives, byte by byte, and answers what it is told: for what a simulated
/// node, which understands its calls, does not show.
/// </summary>
internal sealed class RecordingNode : IAsyncDisposable
{
    public const string Secret = "secret-of-the-recording-node";

    private readonly WebApplication _app;

    private RecordingNode(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single() + "/bigbluebutton/api";

    public ConcurrentQueue<Arrived> Calls { get; } = new();

    public Arrived Last => Calls.Last();

    /// <summary>What it answers.</summary>
    public Func<Arrived, Told> Answer { get; set; } = Told.Created;

    public static async Task<RecordingNode> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MaxRequestLineSize = 128 * 1024;
        });
        var app = builder.Build();
        var node = new RecordingNode(app);
        app.Run(node.TakeAsync);
        await app.StartAsync();
        return node;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        var start = new MemoryStream();
        long length = 0;
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            if (start.Length < 4096) start.Write(buffer, 0, read);
            length += read;
        }

        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var call = http.Request.Path.Value![(http.Request.Path.Value!.LastIndexOf('/') + 1)..];
        var query = RawQuery.OfTarget(target);
        var arrived = new Arrived(
            call, http.Request.Method, query, http.Request.ContentType, http.Request.ContentLength, length, Convert.ToHexString(hash.GetHashAndReset()),
            start.ToArray(), Checksum.Verify(call, query, [Secret], ChecksumAlgorithms.All).IsRight)
        {
            Authorization = http.Request.Headers.Authorization.ToString(),
        };
        Calls.Enqueue(arrived);
        var told = Answer(arrived);
        http.Response.StatusCode = told.Status;
        http.Response.ContentType = told.ContentType;
        await http.Response.Body.WriteAsync(told.Body);
    }
}

/// <summary>A request as it arrived.</summary>
internal sealed record Arrived(
    string Call, string Method, RawQuery Query, string? ContentType, long? ContentLength, long Length, string Sha256, byte[] Start, bool IsSigned)
{
    /// <summary>The header, empty where there is none.</summary>
    public string Authorization { get; init; } = "";

    public string? this[string name] => Query[name];
}

/// <summary>What a <see cref="RecordingNode"/> answers.</summary>
internal sealed record Told(byte[] Body, string ContentType = "text/xml;charset=utf-8", int Status = 200)
{
    public Told(string body, string contentType = "text/xml;charset=utf-8", int status = 200)
        : this(Encoding.UTF8.GetBytes(body), contentType, status)
    {
    }

    /// <summary>A create's answer with white space, an unknown field and an order that no writer of ours would give it.</summary>
    public static Told Created(Arrived create) => new(
        "<response>\n  <returncode>SUCCESS</returncode>\n  <meetingID>any</meetingID><internalMeetingID>run-1531155809613</internalMeetingID>"
        + "<parentMeetingID>bbb-none</parentMeetingID><attendeePW>ap</attendeePW><moderatorPW>a moderator's password</moderatorPW>"
        + $"<createTime>1531155809613</createTime><voiceBridge>{create["voiceBridge"]}</voiceBridge><dialNumber>613-555-1234</dialNumber>"
        + "<createDate>Mon Jul 09 17:03:29 UTC 2018</createDate><hasUserJoined>false</hasUserJoined><duration>0</duration>"
        + "<hasBeenForciblyEnded>false</hasBeenForciblyEnded><messageKey></messageKey><message></message><future>é</future></response>\n");
}
