using System.CommandLine;
using System.Globalization;
using Scalelite.Api.Configuration;
using Scalelite.Domain.AdminTokens;
using Scalelite.Projections.AdminTokens;
using Scalelite.Workers.AdminTokens;

namespace Scalelite.Api.CommandLine.Tokens;

/// <summary><c>scalelite tokens …</c>: who may call <c>/admin/api/v1</c>.</summary>
internal static class TokensCommand
{
    private static readonly Column<TokenRow>[] Columns =
    [
        new("id", row => row.Id.ToString()),
        new("name", row => row.Name),
        new("role", row => ListedToken.NameOf(row.Role)),
        new("state", row => row.State),
        new("issued at", row => Time(row.IssuedAt)),
        new("expires at", row => Time(row.ExpiresAt)),
    ];

    public static Command Create() => new("tokens", "Tokens of the admin API, /admin/api/v1") { List(), Add(), Revoke() };

    private static Command List()
    {
        var json = CommonOptions.Json();
        return new Command("list", "List the tokens, the latest first; never the tokens themselves") { json }.Runs(Needs.Database, async (scope, cancellation) =>
        {
            var now = scope.Get<TimeProvider>().GetUtcNow();
            var tokens = await scope.Get<AdminTokenList>().ListAsync(cancellation);
            return scope.WriteList([.. tokens.Select(token => TokenRow.From(token, now))], scope.Get(json), "No tokens", Columns);
        });
    }

    private static Command Add()
    {
        var name = new Argument<string>("NAME") { Description = "Who or what will call; changes are told as its" };
        var role = new Option<AdminRole>("--role")
        {
            Description = "viewer reads; operator also runs the pool; admin also changes what it consists of",
            HelpName = "viewer|operator|admin",
            Required = true,
            CustomParser = result =>
            {
                switch (result.Tokens[0].Value)
                {
                    case "viewer": return AdminRole.Viewer;
                    case "operator": return AdminRole.Operator;
                    case "admin": return AdminRole.Admin;
                    default:
                        result.AddError($"'{result.Tokens[0].Value}' is not a role: viewer, operator, admin");
                        return default;
                }
            },
        };
        var expires = new Option<TimeSpan>("--expires")
        {
            Description = "When it lets in no more: days, hours or minutes from now",
            HelpName = "90d|12h|30m",
            DefaultValueFactory = _ => TimeSpan.FromDays(90),
            CustomParser = result =>
            {
                if (Life(result.Tokens[0].Value) is { } life) return life;
                result.AddError($"'{result.Tokens[0].Value}' is no time from now: 90d, 12h, 30m");
                return default;
            },
        };
        var json = CommonOptions.Json();
        return new Command("add", "Make a token; it is printed once and kept nowhere") { name, role, expires, json }.Runs(
            Needs.Database,
            async (scope, cancellation) =>
            {
                var outcome = await scope.Get<AdminTokenOperations>().IssueAsync(
                    scope.Get(name), scope.Get(role), scope.Get(expires), scope.Actor, cancellation);
                switch (outcome)
                {
                    case AdminTokenOutcome.Refused refused:
                        return scope.Refuse(Listing.Printable(refused.Why));
                    case AdminTokenOutcome.Issued issued:
                        if (scope.Get(json)) return scope.WriteJson(issued);
                        await scope.Out.WriteLineAsync($"id: {issued.Id}");
                        await scope.Out.WriteLineAsync($"expires: {Time(issued.ExpiresAt)}");
                        await scope.Out.WriteLineAsync($"token: {issued.Token}");
                        return ExitCode.Done;
                    default:
                        throw new InvalidOperationException($"{outcome.GetType().Name} has no answer");
                }
            });
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("ID") { Description = "The token's id, as the list has it" };
        return new Command("revoke", "Let a token in no more, within a second") { id }.Runs(Needs.Database, async (scope, cancellation) =>
        {
            if (Guid.TryParse(scope.Get(id), out var token)
                && await scope.Get<AdminTokenOperations>().RevokeAsync(token, scope.Actor, cancellation) is AdminTokenOutcome.Done)
            {
                await scope.Out.WriteLineAsync($"{token}: revoked");
                return ExitCode.Done;
            }

            return scope.Refuse($"Couldn't find token with id={Listing.Printable(scope.Get(id))}");
        });
    }

    private static TimeSpan? Life(string text)
    {
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 100_000) return null;
        return text[^1] switch
        {
            'd' => TimeSpan.FromDays(number),
            'h' => TimeSpan.FromHours(number),
            'm' => TimeSpan.FromMinutes(number),
            _ => null,
        };
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}

/// <summary>A token as commands and the admin API show it; neither the token nor its hash.</summary>
/// <param name="State"><c>live</c>, <c>expired</c>, <c>revoked</c>.</param>
internal sealed record TokenRow(
    Guid Id, string Name, AdminRole Role, string State, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt)
{
    public static TokenRow From(ListedToken token, DateTimeOffset now) => new(
        token.Id, token.Name, token.Role, token.RevokedAt is not null ? "revoked" : token.IsLive(now) ? "live" : "expired",
        token.IssuedAt, token.ExpiresAt, token.RevokedAt);
}
