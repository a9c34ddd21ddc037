using System.Text.Json;
using System.Text.Json.Nodes;

namespace Scalelite.Api.AdminV1;

/// <summary>A request's body, read.</summary>
/// <param name="Fields">An object of <see cref="ApiOperation.Body"/>; null where the operation has none.</param>
/// <param name="Reason">Its member <c>reason</c>, which is not one of the fields.</param>
/// <param name="Problem">Why it could not be read.</param>
internal sealed record ApiBody(object? Fields, string? Reason, ApiAnswer? Problem)
{
    private static readonly JsonDocumentOptions Reading = new() { AllowDuplicateProperties = false };

    /// <summary>Reads it; unknown members, doubled ones and wrong types are problems.</summary>
    public static async Task<ApiBody> ReadAsync(HttpRequest request, ApiOperation operation, CancellationToken cancellation)
    {
        var isThere = request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0;
        if (operation.Body is null)
            return isThere && operation.Changes ? Wrong(ProblemKind.BadRequest, "This operation has no body") : new ApiBody(null, null, null);
        if (!isThere)
        {
            return operation.RequiresBody ? Wrong(ProblemKind.BadRequest, "A JSON object is needed as the body") : Read("{}"u8, operation.Body);
        }

        if (!(request.ContentType ?? "").Split(';', 2)[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase))
            return Wrong(ProblemKind.NotJson, "Send Content-Type: application/json");
        var longest = operation.LongestBody;
        if (request.ContentLength > longest) return TooLong(longest);

        // Sent in chunks it does not tell its length.
        var buffer = new byte[(request.ContentLength is { } told ? (int)told : longest) + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return length > longest ? TooLong(longest) : Read(buffer.AsSpan(0, length), operation.Body);
    }

    private static ApiBody Read(ReadOnlySpan<byte> json, Type type)
    {
        // PostgreSQL holds no text with U+0000, and nothing here is meant to.
        if (json.IndexOf("\\u0000"u8) >= 0) return Wrong(ProblemKind.BadRequest, "A text of the body holds U+0000");
        try
        {
            if (JsonNode.Parse(json, documentOptions: Reading) is not JsonObject members) return Wrong(ProblemKind.BadRequest, "The body is not a JSON object");
            string? reason = null;
            if (members.TryGetPropertyValue("reason", out var given))
            {
                if (given is not null && given.GetValueKind() != JsonValueKind.String) return Wrong(ProblemKind.BadRequest, "reason must be a text");
                reason = given?.GetValue<string>();
                members.Remove("reason");
            }

            return new ApiBody(members.Deserialize(type, V1Json.Options), reason, null);
        }
        catch (JsonException wrong)
        {
            // The message may name types of ours; where it went wrong is what the caller can use.
            var where = wrong.Path is { Length: > 0 } path && path != "$" ? $", at {path}" : "";
            return Wrong(ProblemKind.BadRequest, $"The body is not what the operation takes{where}: see openapi.json");
        }
        catch (InvalidOperationException)
        {
            return Wrong(ProblemKind.BadRequest, "A text of the body is not UTF-8, or holds half of a surrogate pair");
        }
    }

    private static ApiBody TooLong(int longest) => Wrong(ProblemKind.TooLong, $"A body of this operation has at most {longest} bytes");

    private static ApiBody Wrong(ProblemKind kind, string detail) => new(null, null, ApiAnswer.Fails(kind, detail));
}
