using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Scalelite.BigBlueButton.Tokens;

namespace Scalelite.Api.Demo;

/// <summary>Where the school's LMS hears that a recording can be played: <c>meta_bn-recording-ready-url</c> (<c>bbb-api.md §5</c>).</summary>
internal sealed class SchoolMailbox : IAsyncDisposable
{
    private const string Path = "/recording-ready";

    private readonly WebApplication _listener;
    private readonly string _secret;
    private readonly Lock _gate = new();
    private readonly List<RecordingReady> _told = [];

    private SchoolMailbox(WebApplication listener, string secret) => (_listener, _secret) = (listener, secret);

    /// <summary>What the LMS gives with a create.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>What it was told and believed.</summary>
    public IReadOnlyList<RecordingReady> Told
    {
        get
        {
            lock (_gate) return [.. _told];
        }
    }

    /// <summary>Listens on a free port.</summary>
    /// <param name="secret">What the LMS signs with: only what is signed with it is believed.</param>
    public static async Task<SchoolMailbox> StartAsync(string secret, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var listener = builder.Build();
        var mailbox = new SchoolMailbox(listener, secret);
        listener.Run(mailbox.TakeAsync);
        await listener.StartAsync(cancellation);
        var origin = listener.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        mailbox.Url = new Uri(new Uri(origin), Path);
        return mailbox;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        if (http.Request.Path != Path || !http.Request.HasFormContentType) return;
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var token = JsonWebToken.Verify(form["signed_parameters"], [_secret], DateTimeOffset.UtcNow, TokenAlgorithm.HS256);
        if (token?.Text("meeting_id") is not { } meetingId || token.Text("record_id") is not { } recordId)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        lock (_gate) _told.Add(new(meetingId, recordId));
        http.Response.StatusCode = StatusCodes.Status200OK;
    }
}

/// <summary>What a recording-ready call says.</summary>
internal readonly record struct RecordingReady(string MeetingId, string RecordId);
