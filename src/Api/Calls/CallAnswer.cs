using System.Buffers;
using Scalelite.BigBlueButton.Answers;

namespace Scalelite.Api.Calls;

/// <summary>What the caller gets.</summary>
/// <param name="Outcome">For the log: <c>SUCCESS</c>, a message key, <c>302</c>.</param>
internal abstract record CallAnswer(string Outcome)
{
    /// <summary>Sends it.</summary>
    public abstract Task SendAsync(HttpResponse response, CancellationToken cancellation);

    /// <summary>An error of ours.</summary>
    public static CallAnswer Failed(BbbError error) => new Body(error.Key, error.Xml, BbbXml.ContentType);

    /// <summary>XML of ours.</summary>
    public static CallAnswer Success(ReadOnlyMemory<byte> xml) => new Body("SUCCESS", xml, BbbXml.ContentType);

    /// <summary>JSON of ours.</summary>
    public static CallAnswer Json(string outcome, ReadOnlyMemory<byte> json) => new Body(outcome, json, "application/json;charset=utf-8");

    /// <summary>A node's answer, byte by byte.</summary>
    public static CallAnswer Node(string outcome, ReadOnlyMemory<byte> body, string? contentType) =>
        new Body(outcome, body, contentType ?? BbbXml.ContentType);

    /// <summary>The caller left before there was an answer.</summary>
    public static CallAnswer Nobody { get; } = new Nothing();

    /// <summary>302 to a node.</summary>
    public static CallAnswer Redirect(string url) => new Location(url);

    private sealed record Body(string Outcome, ReadOnlyMemory<byte> Bytes, string ContentType) : CallAnswer(Outcome)
    {
        public override Task SendAsync(HttpResponse response, CancellationToken cancellation)
        {
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = ContentType;
            response.ContentLength = Bytes.Length;
            response.BodyWriter.Write(Bytes.Span);
            return response.BodyWriter.FlushAsync(cancellation).AsTask();
        }
    }

    private sealed record Nothing() : CallAnswer("left")
    {
        public override Task SendAsync(HttpResponse response, CancellationToken cancellation) => Task.CompletedTask;
    }

    private sealed record Location(string Url) : CallAnswer("302")
    {
        public override Task SendAsync(HttpResponse response, CancellationToken cancellation)
        {
            response.StatusCode = StatusCodes.Status302Found;
            response.Headers.Location = Url;
            return Task.CompletedTask;
        }
    }
}
