using System.CommandLine;
using Npgsql;
using Scalelite.Api.Configuration;
using Scalelite.Projections.Analytics;

namespace Scalelite.Api.CommandLine.Analytics;

/// <summary><c>scalelite analytics …</c>: the views of analysts, and who reads them.</summary>
internal static class AnalyticsCommand
{
    public static Command Create() => new("analytics", "The views of analysts (schema analytics), and who reads them") { Views(), Grant(), Revoke() };

    private static Command Views() => new Command("views", "Describe the views and their columns, as Markdown").Runs(Needs.Database, async (scope, cancellation) =>
    {
        await scope.Out.WriteAsync(await AnalyticsReference.ToMarkdownAsync(scope.Get<NpgsqlDataSource>(), cancellation));
        return ExitCode.Done;
    });

    private static Command Grant()
    {
        var role = Role();
        var create = new Option<bool>("--create") { Description = "Make the role first: it may log in, and is read-only" };
        var password = new Option<string>("--password") { Description = "The password of the role that is made; - reads it from standard input", HelpName = "PASSWORD" };
        return new Command("grant", "Let a role of PostgreSQL read the views and nothing else") { role, create, password }.Runs(
            Needs.Database,
            async (scope, cancellation) =>
            {
                if (scope.Get(password) is not null && !scope.Get(create)) return scope.Refuse("--password is for a role that is made: say --create");
                try
                {
                    var secret = scope.Get(password) is { } given ? await scope.ReadSecretAsync(given) : null;
                    var besides = await new AnalyticsRoles(scope.Get<NpgsqlDataSource>()).GrantAsync(scope.Get(role), scope.Get(create), secret, cancellation);
                    await scope.Out.WriteLineAsync($"{Listing.Printable(scope.Get(role))} reads the views of the schema {AnalyticsSchema.Name}");
                    if (besides.Count > 0) await scope.Out.WriteLineAsync($"It may read besides: {string.Join(", ", besides)}");
                    return ExitCode.Done;
                }
                catch (AnalyticsRoleException e)
                {
                    return scope.Refuse(e.Message);
                }
            });
    }

    private static Command Revoke()
    {
        var role = Role();
        return new Command("revoke", "Take the views away from a role; the role itself stays") { role }.Runs(Needs.Database, async (scope, cancellation) =>
        {
            await new AnalyticsRoles(scope.Get<NpgsqlDataSource>()).RevokeAsync(scope.Get(role), cancellation);
            await scope.Out.WriteLineAsync($"{Listing.Printable(scope.Get(role))} reads the views no longer");
            return ExitCode.Done;
        });
    }

    private static Argument<string> Role() => new("ROLE") { Description = "A role of PostgreSQL" };
}
