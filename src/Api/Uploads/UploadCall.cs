using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Npgsql;
using Scalelite.EventLog;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Imports;
using Scalelite.Workers.Nodes;

namespace Scalelite.Api.Uploads;

/// <summary>
/// <c>/recordings/upload</c>: a node sends an archive. <c>HEAD</c> answers how much of it is here, in <c>Upload-Offset</c>; <c>POST</c> sends it from
/// there on, the same header naming the offset. 202 with <c>{"importId"}</c> when all is here; 409 with the right offset where it is another
/// one; 401 for a wrong token, 413 too large, 422 not what was announced, 423 another request writes it, 507 no space, 503 not now.
/// </summary>
internal sealed partial class UploadCall(
    SecretVault vault, SpoolUploads uploads, Settings settings, TimeProvider time, ILogger<UploadCall> log) : IDisposable
{
    /// <summary>Where it is.</summary>
    public const string Path = "/recordings/upload";

    private const string OffsetHeader = "Upload-Offset";
    private const int MostAtOnce = 32;
    private const int NoSpace = 28;

    /// <summary>A node that sends nothing for so long has gone; what it sent stays for it to go on with.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _places = new(MostAtOnce);

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    /// <summary>Answers a request of either method.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        if (!settings.Imports.Enabled || settings.Recordings.Disabled)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        http.Response.Headers.CacheControl = "no-store";
        if (!await _places.WaitAsync(TimeSpan.Zero))
        {
            await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, "too many uploads at once");
            return;
        }

        try
        {
            await AnswerInPlaceAsync(http);
        }
        catch (Exception e) when (e is Microsoft.AspNetCore.Connections.ConnectionResetException or BadHttpRequestException)
        {
            // The node has gone; what it sent stays for it to go on with.
        }
        catch (TimeoutException silent)
        {
            await RefuseAsync(http, StatusCodes.Status408RequestTimeout, silent.Message);
        }
        catch (NpgsqlException)
        {
            await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, "PostgreSQL does not answer");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (http.RequestAborted.IsCancellationRequested) return;
            Log.NotWritten(log, e.Message);
            if (e.HResult == NoSpace) await RefuseAsync(http, StatusCodes.Status507InsufficientStorage, "the disk is full");
            else await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, "the spool cannot be written");
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The node has gone.
        }
        finally
        {
            _places.Release();
        }
    }

    private static async Task RefuseAsync(HttpContext http, int status, string why)
    {
        if (http.Response.HasStarted) return;
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.WriteAsJsonAsync(new { error = why });
    }

    private async Task AnswerInPlaceAsync(HttpContext http)
    {
        var secrets = await vault.OpenAllAsync(NodeSecrets.Kind, http.RequestAborted);
        if (UploadToken.Read(http.Request.Headers.Authorization, secrets, time.GetUtcNow()) is not { } upload)
        {
            await RefuseAsync(http, StatusCodes.Status401Unauthorized, "the token is not signed with a node's secret, is over, or lacks a claim");
            return;
        }

        // What tar writes beside the content: a header and what fills the last block, for each file.
        if (upload.Bytes > settings.Imports.MostBytes + (2048L * settings.Imports.MostFiles))
        {
            await RefuseAsync(http, StatusCodes.Status413PayloadTooLarge, "the archive is larger than RECORDING_ARCHIVE_MAX_BYTES");
            return;
        }

        var outcome = HttpMethods.IsPost(http.Request.Method) ? await WriteAsync(http, upload) : uploads.StateOf(upload);
        await TellAsync(http, upload, outcome);
    }

    private async Task<UploadOutcome> WriteAsync(HttpContext http, UploadedArchive upload)
    {
        var header = http.Request.Headers[OffsetHeader].ToString();
        if (!long.TryParse(header.Length == 0 ? "0" : header, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return new UploadOutcome.Wrong($"{OffsetHeader} is no number");
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
        await using var body = new ImpatientStream(http.Request.Body, LongestSilence, time);
        return await uploads.WriteAsync(upload, offset, body, http.RequestAborted);
    }

    private async Task TellAsync(HttpContext http, UploadedArchive upload, UploadOutcome outcome)
    {
        switch (outcome)
        {
            case UploadOutcome.Received received:
                if (HttpMethods.IsPost(http.Request.Method)) Log.Received(log, upload.Name, upload.ServerId, received.Import);
                http.Response.StatusCode = StatusCodes.Status202Accepted;
                http.Response.Headers[OffsetHeader] = upload.Bytes.ToString(CultureInfo.InvariantCulture);
                if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.WriteAsJsonAsync(new { importId = received.Import });
                break;
            case UploadOutcome.Partly partly:
                http.Response.Headers[OffsetHeader] = partly.Offset.ToString(CultureInfo.InvariantCulture);
                if (HttpMethods.IsPost(http.Request.Method)) await RefuseAsync(http, StatusCodes.Status409Conflict, $"{partly.Offset} bytes of it are here");
                break;
            case UploadOutcome.Busy:
                await RefuseAsync(http, StatusCodes.Status423Locked, "another request is sending it");
                break;
            case UploadOutcome.Wrong wrong:
                await RefuseAsync(http, StatusCodes.Status422UnprocessableEntity, wrong.Why);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Name} was uploaded by {Server}: import {Import}")]
        public static partial void Received(ILogger log, string name, string server, Guid import);

        [LoggerMessage(Level = LogLevel.Warning, Message = "An upload could not be written: {Why}")]
        public static partial void NotWritten(ILogger log, string why);
    }
}
