using System.Text;
using Microsoft.AspNetCore.Http;
using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.Simulator.Calls;

/// <summary>The body of a POST. It is read to its end and never held, but for forms of up to a mebibyte.</summary>
internal static class CallBody
{
    private const int LongestForm = 1024 * 1024;

    public static bool Exists(HttpRequest request) => request.ContentLength is > 0 || request.Headers.TransferEncoding.Count > 0;

    public static bool IsForm(HttpRequest request) => MediaType(request) is "application/x-www-form-urlencoded";

    /// <summary>Whether the call takes a body of this content type (<c>bbb-api.md §1.2</c>).</summary>
    public static bool IsTakenBy(NodeCall call, HttpRequest request) => MediaType(request) switch
    {
        "application/xml" or "text/xml" => call.Body != BodyTypes.Form,
        "application/x-www-form-urlencoded" or "multipart/form-data" => call.Body != BodyTypes.Xml,
        _ => false,
    };

    public static async ValueTask<RawQuery> ReadFormAsync(HttpRequest request, CancellationToken cancellation)
    {
        var form = new StringBuilder();
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellation).ConfigureAwait(false);
            foreach (var part in read.Buffer)
            {
                if (form.Length < LongestForm)
                {
                    form.Append(Encoding.ASCII.GetString(part.Span));
                }
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return new RawQuery(form.ToString());
            }
        }
    }

    /// <summary>Reads to the end.</summary>
    /// <returns>The size, and how many <c>document</c> elements began in it.</returns>
    public static async ValueTask<(long Bytes, int Documents)> CountAsync(HttpRequest request, CancellationToken cancellation)
    {
        var bytes = 0L;
        var documents = 0;
        var matched = 0;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellation).ConfigureAwait(false);
            foreach (var part in read.Buffer)
            {
                bytes += part.Length;
                documents += CountStarts(part.Span, ref matched);
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return (bytes, documents);
            }
        }
    }

    /// <summary>Reads what is left of the body, if the caller still sends it.</summary>
    public static async ValueTask DrainAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!Exists(request))
        {
            return;
        }

        try
        {
            await CountAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or BadHttpRequestException)
        {
            // The caller is gone.
        }
    }

    /// <summary>Counts <c>&lt;document</c>, also across the edges of what is read at once.</summary>
    private static int CountStarts(ReadOnlySpan<byte> bytes, ref int matched)
    {
        var start = "<document"u8;
        var count = 0;
        while (!bytes.IsEmpty)
        {
            if (matched == 0)
            {
                var next = bytes.IndexOf(start[0]);
                if (next < 0)
                {
                    break;
                }

                bytes = bytes[(next + 1)..];
                matched = 1;
                continue;
            }

            matched = bytes[0] == start[matched] ? matched + 1 : bytes[0] == start[0] ? 1 : 0;
            bytes = bytes[1..];
            if (matched == start.Length)
            {
                count++;
                matched = 0;
            }
        }

        return count;
    }

    private static string MediaType(HttpRequest request)
    {
        var type = request.ContentType.AsSpan();
        var end = type.IndexOf(';');
        return (end < 0 ? type : type[..end]).Trim().ToString().ToLowerInvariant();
    }
}
