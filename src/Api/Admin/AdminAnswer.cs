using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Scalelite.BigBlueButton.Answers;

namespace Scalelite.Api.Admin;

/// <summary>What the caller of the admin API gets.</summary>
/// <param name="Outcome">For the log: the status, or a message key.</param>
internal sealed record AdminAnswer(int Status, ReadOnlyMemory<byte> Body, string ContentType, string Outcome)
{
    // It is answered as JSON and never as a page, so only what JSON itself needs is escaped, as in Scalelite.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON.</summary>
    public static AdminAnswer Json(int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            write(json);
        }

        return new AdminAnswer(status, buffer.WrittenMemory, "application/json; charset=utf-8", status.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary><c>{"error":"…"}</c>.</summary>
    public static AdminAnswer Error(int status, string why) => Said(status, "error", why);

    /// <summary><c>{"success":"…"}</c>.</summary>
    public static AdminAnswer Success(string what) => Said(StatusCodes.Status200OK, "success", what);

    /// <summary><c>{"message":"…"}</c>.</summary>
    public static AdminAnswer Message(int status, string text) => Said(status, "message", text);

    /// <summary>No server has that id.</summary>
    public static AdminAnswer UnknownServer(string id) => Error(StatusCodes.Status404NotFound, $"Couldn't find server with id={id}");

    /// <summary>XML with status 200, as BBB's API answers: that is how Scalelite refuses before it looks at the call.</summary>
    public static AdminAnswer Failed(BbbError error) => new(StatusCodes.Status200OK, error.Xml, BbbXml.ContentType, error.Key);

    /// <summary>Sends it.</summary>
    public Task SendAsync(HttpResponse response, CancellationToken cancellation)
    {
        response.StatusCode = Status;
        response.ContentType = ContentType;
        response.ContentLength = Body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.BodyWriter.Write(Body.Span);
        return response.BodyWriter.FlushAsync(cancellation).AsTask();
    }

    private static AdminAnswer Said(int status, string name, string text) => Json(status, json =>
    {
        json.WriteStartObject();
        json.WriteString(name, text);
        json.WriteEndObject();
    });
}
