using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Scalelite.Api.Calls;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Recordings;
using Scalelite.Workers.Recordings.TextTracks;

namespace Scalelite.Api.Recordings;

/// <summary>
/// putRecordingTextTrack (<c>bbb-api.md §4.3</c>): WebVTT, or SubRip which becomes WebVTT, in the part <c>file</c> of a form. Its checks are made in
/// BBB's order. The checksum covers what the file belongs to, not the file.
/// </summary>
internal sealed partial class PutRecordingTextTrackCall(
    RecordingCatalog catalog, TextTrackFiles files, ClientRecordings recordings, ILogger<PutRecordingTextTrackCall> log) : IBbbCall
{
    /// <summary>The longest file that is taken, in bytes; the captions of a day of talk are a tenth of it.</summary>
    private const int MostBytes = 8 << 20;

    private static readonly BbbError NotStored = new("upload_text_track_failed", "Text track upload failed.");
    private static readonly BbbError Empty = new("empty_uploaded_text_track", "Empty uploaded text track.");

    public string Name => "putRecordingTextTrack";

    public CallMethods Methods => CallMethods.Post;

    public bool ReadsForm => true;

    public CallAnswer Failed(BbbError error) => TextTrackJson.Failed(error);

    public CallAnswer? BeforeChecksum(RawQuery query) =>
        string.IsNullOrEmpty(query.Checksum) ? Failed(Missing("checksum"))
        : string.IsNullOrEmpty(query["recordID"]) ? Failed(Missing("recordID"))
        : null;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        var recordId = request.Query["recordID"]!;
        var recording = await catalog.FindAsync(recordId, cancellation);
        if (recording is null or { State: RecordingState.Deleted } || recording.TenantId != request.TenantId)
        {
            return Failed(new BbbError("noRecordings", $"No recording was found for {recordId}"));
        }

        var (kind, lang) = (request.Query["kind"] ?? "", request.Query["lang"] ?? "");
        if (WrongParameter(kind, lang) is { } wrong)
        {
            return Failed(wrong);
        }

        var (upload, isTooLong) = await ReadFileAsync(request.Http.Request, cancellation);
        if (isTooLong)
        {
            return Failed(NotStored);
        }

        if (upload.Length == 0)
        {
            return Failed(Empty);
        }

        if (WebVtt.Of(upload) is not { } text)
        {
            return Failed(NotStored);
        }

        var label = request.Query["label"] is { Length: > 0 } sent ? sent.Replace("\0", "", StringComparison.Ordinal) : lang;
        return await StoreAsync(request, recording, new CatalogedTextTrack(kind, lang, label, "upload", text.Length), text, cancellation);
    }

    private async Task<CallAnswer> StoreAsync(
        CallRequest request, CatalogedRecording recording, CatalogedTextTrack track, byte[] text, CancellationToken cancellation)
    {
        try
        {
            if (!await files.StoreAsync(recording, track.Lang, text, cancellation))
            {
                return Failed(NotStored);
            }

            var decision = await recordings.DecideAsync(
                request,
                Name,
                recording.RecordId,
                known => known.StoreTextTrack(track.Kind, track.Lang, track.Label, track.Source, track.Bytes, request.ReceivedAt),
                cancellation);
            if (decision is not { Refusal: null })
            {
                return Failed(NotStored);
            }

            await files.ListAsync(recording, cancellation);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException && !cancellation.IsCancellationRequested)
        {
            Log.NotStored(log, recording.RecordId, track.Lang, failure);
            return Failed(NotStored);
        }

        return TextTrackJson.Success(json =>
        {
            json.WriteString("recordId", recording.RecordId);
            json.WriteString("messageKey", "upload_text_track_success");
            json.WriteString("message", "Text track uploaded successfully");
        });
    }

    private static BbbError? WrongParameter(string kind, string lang) =>
        kind.Length == 0 ? Missing("kind")
        : kind is not ("subtitles" or "captions") ? new BbbError("invalidKind", $"Invalid kind parameter, expected='subtitles|captions' actual={kind}")
        : lang.Length == 0 ? Missing("lang")
        : !TextTrackFiles.IsLanguage(lang) ? new BbbError("invalidLang", $"Malformed lang param, received={lang}")
        : null;

    private static BbbError Missing(string parameter) => new("paramError", $"Missing param {parameter}.");

    /// <summary>The part <c>file</c>; empty where there is none.</summary>
    private static async Task<(byte[] File, bool IsTooLong)> ReadFileAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary)
        {
            return ([], false);
        }

        try
        {
            var reader = new MultipartReader(boundary, request.Body) { BodyLengthLimit = MostBytes };
            while (await reader.ReadNextSectionAsync(cancellation) is { } part)
            {
                if (ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)
                    && HeaderUtilities.RemoveQuotes(disposition.Name).Value == "file")
                {
                    using var file = new MemoryStream();
                    await part.Body.CopyToAsync(file, cancellation);
                    return (file.ToArray(), false);
                }
            }
        }
        catch (InvalidDataException)
        {
            // Longer than is taken, or no form.
            return ([], true);
        }
        catch (IOException) when (!cancellation.IsCancellationRequested)
        {
            // The form ends before its last part does.
            return ([], true);
        }

        return ([], false);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The text track '{Lang}' of recording {RecordId} was not stored")]
        public static partial void NotStored(ILogger logger, string recordId, string lang, Exception failure);
    }
}
