using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Scalelite.Api.AdminV1;

/// <summary>What the caller gets.</summary>
/// <param name="Body">To be written as JSON; null: nothing.</param>
internal sealed record ApiAnswer(int Status, object? Body = null)
{
    /// <summary>The version of the thing's stream: its ETag.</summary>
    public long? Version { get; init; }

    /// <summary>Where the thing is that was made.</summary>
    public string? Location { get; init; }

    /// <summary>What went wrong; null where nothing did.</summary>
    public ProblemKind? Kind { get; init; }

    /// <summary>What went wrong, in a sentence.</summary>
    public string Detail { get; init; } = "";

    /// <summary>When it may be tried again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the path allows, where it does not allow the method.</summary>
    public string? Allow { get; init; }

    /// <summary>What is written while it is made; null: <see cref="Body"/>.</summary>
    public StreamedBody? Stream { get; init; }

    /// <summary>200.</summary>
    public static ApiAnswer Ok(object body, long? version = null) => new(StatusCodes.Status200OK, body) { Version = version };

    /// <summary>204.</summary>
    public static ApiAnswer Nothing { get; } = new(StatusCodes.Status204NoContent);

    /// <summary>A problem.</summary>
    public static ApiAnswer Fails(ProblemKind kind, string detail) => new(kind.Status) { Kind = kind, Detail = detail };

    /// <summary>404.</summary>
    /// <param name="what"><c>server</c>.</param>
    public static ApiAnswer Unknown(string what, string id) => Fails(ProblemKind.NotFound, $"There is no {what} with id={id}");

    /// <summary>Sends it.</summary>
    public Task SendAsync(HttpContext http, string requestId, CancellationToken cancellation)
    {
        var response = http.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["X-Request-Id"] = requestId;
        if (Version is { } version) response.Headers.ETag = EntityTag.Of(version);
        if (Location is not null) response.Headers.Location = Location;
        if (Allow is not null) response.Headers.Allow = Allow;
        if (RetryAfter is { } wait) response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (Kind == ProblemKind.Unauthenticated) response.Headers.WWWAuthenticate = "Bearer realm=\"scalelite admin\"";
        if (Stream is not null && Kind is null)
        {
            // A proxy that gathers answers would keep back what is said.
            response.Headers["X-Accel-Buffering"] = "no";
            response.ContentType = Stream.ContentType;
            return Stream.WriteAsync(response.Body, cancellation);
        }

        var body = Kind is null ? Body : new Problem($"urn:scalelite:problem:{Kind.Key}", Kind.Title, Status, Detail, requestId);
        if (body is null) return Task.CompletedTask;
        var bytes = body as byte[] ?? JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), V1Json.Options);
        response.ContentType = Kind is null ? "application/json" : "application/problem+json";
        response.ContentLength = bytes.Length;
        response.BodyWriter.Write(bytes);
        return response.BodyWriter.FlushAsync(cancellation).AsTask();
    }
}

/// <summary>A body that is written while it is made.</summary>
internal sealed record StreamedBody(string ContentType, Func<Stream, CancellationToken, Task> WriteAsync);
