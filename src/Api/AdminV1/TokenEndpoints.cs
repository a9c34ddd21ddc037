using Scalelite.Api.CommandLine.Tokens;
using Scalelite.Domain;
using Scalelite.Domain.AdminTokens;
using Scalelite.Projections.AdminTokens;
using Scalelite.Workers.AdminTokens;

namespace Scalelite.Api.AdminV1;

/// <summary>
/// The tokens that let in. They are made by <c>scalelite tokens add</c> alone: no answer of this API ever holds a secret, and a token that was
/// stolen makes no others.
/// </summary>
internal static class TokenEndpoints
{
    /// <summary>The operations.</summary>
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(
            "GET", "/tokens", "listTokens",
            "The tokens, the latest first; never the tokens themselves",
            AdminRole.Admin, ListAsync) { Result = typeof(Page<TokenRow>) },
        new("GET", "/tokens/{id}", "getToken", "A token", AdminRole.Admin, ShowAsync) { Result = typeof(TokenRow) },
        new("DELETE", "/tokens/{id}", "revokeToken", "Let a token in no more: here at once, in other processes within a second", AdminRole.Admin, RevokeAsync)
        {
            Success = StatusCodes.Status204NoContent, NeedsVersion = true,
        },
    ];

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        var now = call.Get<TimeProvider>().GetUtcNow();
        var tokens = await call.Get<AdminTokenList>().ListAsync(call.Cancellation);
        return ApiAnswer.Ok(new Page<TokenRow>([.. tokens.Select(token => TokenRow.From(token, now))], null));
    }

    private static async Task<ApiAnswer> ShowAsync(ApiCall call)
    {
        if (!Guid.TryParseExact(call.Route("id"), "D", out var id)) return ApiAnswer.Unknown("token", call.Route("id"));
        var version = await call.VersionAsync(Streams.AdminToken(id));
        return await call.Get<AdminTokenList>().FindAsync(id, call.Cancellation) is { } token
            ? ApiAnswer.Ok(TokenRow.From(token, call.Get<TimeProvider>().GetUtcNow()), version)
            : ApiAnswer.Unknown("token", id.ToString());
    }

    private static async Task<ApiAnswer> RevokeAsync(ApiCall call)
    {
        if (!Guid.TryParseExact(call.Route("id"), "D", out var id)
            || await call.Get<AdminTokenOperations>().RevokeAsync(id, call.By, CancellationToken.None) is not AdminTokenOutcome.Done)
        {
            return ApiAnswer.Unknown("token", call.Route("id"));
        }

        call.Get<BearerTokens>().Forget();
        return ApiAnswer.Nothing;
    }
}
