using System.Globalization;
using System.Text.Json;
using Scalelite.Domain.AdminTokens;
using Scalelite.EventLog;
using Scalelite.Workers.DeadLetters;

namespace Scalelite.Api.AdminV1;

/// <summary>Messages that failed for good. They never change, so they have no ETag.</summary>
internal static class DeadLetterEndpoints
{
    /// <summary>The operations.</summary>
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("GET", "/dead-letters", "listDeadLetters", "The latest messages that failed for good, and how many there are", AdminRole.Viewer, ListAsync)
        {
            Query = [new("type", "Only messages of this type, by its full name"), QueryParameter.Limit, QueryParameter.Cursor], Result = typeof(DeadLetters),
        },
        new("GET", "/dead-letters/{id}", "getDeadLetter", "A message that failed for good, with its last error", AdminRole.Viewer, ShowAsync)
        {
            Result = typeof(DeadLetterRow),
        },
        new(
            "POST", "/dead-letters/{id}/replay", "replayDeadLetter",
            "Have a message handled again, with all its attempts before it",
            AdminRole.Operator, ReplayAsync)
        {
            Body = typeof(NoFields), Success = StatusCodes.Status204NoContent,
        },
    ];

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        if (!call.TryOffset(out var offset)) return ApiCall.WrongCursor;
        var letters = call.Get<IDeadLetters>();
        var listed = await letters.ListAsync(call.Limit + 1, call.Query("type"), offset, call.Cancellation);
        var page = Page<DeadLetter>.Of(listed, call.Limit, _ => (offset + call.Limit).ToString(CultureInfo.InvariantCulture));
        return ApiAnswer.Ok(new DeadLetters([.. page.Items.Select(DeadLetterRow.From)], await letters.CountAsync(call.Cancellation), page.Next));
    }

    private static async Task<ApiAnswer> ShowAsync(ApiCall call) =>
        Guid.TryParseExact(call.Route("id"), "D", out var id) && await call.Get<IDeadLetters>().FindAsync(id, call.Cancellation) is { } letter
            ? ApiAnswer.Ok(DeadLetterRow.From(letter))
            : ApiAnswer.Unknown("dead letter", call.Route("id"));

    private static async Task<ApiAnswer> ReplayAsync(ApiCall call) =>
        Guid.TryParseExact(call.Route("id"), "D", out var id) && await call.Get<DeadLetterOperations>().ReplayAsync(id, call.By, CancellationToken.None)
            ? ApiAnswer.Nothing
            : ApiAnswer.Unknown("dead letter", call.Route("id"));
}

/// <summary>The latest dead letters.</summary>
/// <param name="Total">How many there are of all types.</param>
/// <param name="Next">What <c>cursor</c> must be for the next part; null after the last.</param>
internal sealed record DeadLetters(IReadOnlyList<DeadLetterRow> Items, long Total, string? Next);

/// <summary>A message that failed for good.</summary>
/// <param name="Message">The message; a text where it is no JSON.</param>
internal sealed record DeadLetterRow(Guid Id, string Type, JsonElement Message, string Error, DateTimeOffset SentAt)
{
    public static DeadLetterRow From(DeadLetter letter) => new(letter.Id, letter.MessageType, Parse(letter.Body), letter.Error, letter.SentAt);

    private static JsonElement Parse(string body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(body);
        }
    }
}
