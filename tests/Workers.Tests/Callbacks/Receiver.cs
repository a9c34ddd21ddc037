using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scalelite.BigBlueButton.Tokens;

namespace Scalelite.Workers.Tests.Callbacks;

/// <summary>An LMS that is called back: writes down what arrives and answers what it is told.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.Single()).Port;

    public ConcurrentQueue<Received> Calls { get; } = new();

    /// <summary>The status that it answers.</summary>
    public Func<Received, int> Status { get; set; } = _ => 200;

    /// <summary>What else it does before it answers.</summary>
    public Func<HttpContext, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Breaks every connection.</summary>
    public bool Down { get; set; }

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>A URL of its.</summary>
    public string Url(string path = "/ready", string host = "127.0.0.1") => $"http://{host}:{Port}{path}";

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new StreamReader(http.Request.Body);
        var received = new Received(
            http.Request.Method, http.Request.Path + http.Request.QueryString, await body.ReadToEndAsync(), http.Request.ContentType,
            http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        Calls.Enqueue(received);
        await Before(http);
        if (Down) http.Abort();
        else http.Response.StatusCode = http.Response.StatusCode == 200 ? Status(received) : http.Response.StatusCode;
    }
}

/// <summary>A call as it arrived.</summary>
internal sealed record Received(string Method, string Target, string Body, string? ContentType, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>What the token of a recording-ready call says, if this secret signed it.</summary>
    public VerifiedToken? Token(string secret, TokenAlgorithm algorithm = TokenAlgorithm.HS256) => Body.StartsWith("signed_parameters=", StringComparison.Ordinal)
        ? JsonWebToken.Verify(Body["signed_parameters=".Length..], [secret], DateTimeOffset.UtcNow, algorithm)
        : null;
}

/// <summary>The real clock, put forward.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _ticks;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _ticks));
}
