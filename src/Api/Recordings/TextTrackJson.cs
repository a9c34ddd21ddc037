using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Scalelite.Api.Calls;
using Scalelite.BigBlueButton.Answers;

namespace Scalelite.Api.Recordings;

/// <summary>The answers of the calls on text tracks: JSON, status 200 (<c>bbb-api.md §4.3</c>).</summary>
internal static class TextTrackJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>{"response":{"returncode":"FAILED","messageKey":…,"message":…}}</c>.</summary>
    public static CallAnswer Failed(BbbError error) => Write(error.Key, json =>
    {
        json.WriteString("returncode", "FAILED");
        json.WriteString("messageKey", error.Key);
        json.WriteString("message", error.Message);
    });

    /// <summary><c>{"response":{"returncode":"SUCCESS",…}}</c>.</summary>
    public static CallAnswer Success(Action<Utf8JsonWriter> content) => Write("SUCCESS", json =>
    {
        json.WriteString("returncode", "SUCCESS");
        content(json);
    });

    private static CallAnswer Write(string outcome, Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteStartObject("response");
            content(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return CallAnswer.Json(outcome, buffer.WrittenMemory);
    }
}
