using System.CommandLine;
using Scalelite.Api.Configuration;
using Scalelite.Workers.Tenants;

namespace Scalelite.Api.CommandLine.Tenants;

/// <summary>The learning record stores of tenants.</summary>
internal static class TenantLrsCommands
{
    private const Needs WithSecrets = Needs.Database | Needs.SealedSecrets;

    /// <summary><c>tenants update-lrs-basic</c>.</summary>
    public static Command Basic()
    {
        var (id, endpoint, user, password) = (TenantsCommand.TenantId(), Endpoint(), Text("USERNAME", "The store's user"), Secret("PASSWORD", "Its password"));
        return new Command("update-lrs-basic", "Have a tenant's meetings report to a learning record store that takes name and password")
        {
            id, endpoint, user, password,
        }.Runs(WithSecrets, async (scope, cancellation) =>
        {
            var credentials = new LrsCredentials { UserName = scope.Get(user), Password = await scope.ReadSecretAsync(scope.Get(password)) };
            return await SetAsync(scope, scope.Get(id), scope.Get(endpoint), null, credentials, cancellation);
        });
    }

    /// <summary><c>tenants update-lrs-kc</c>.</summary>
    public static Command Token()
    {
        var (id, endpoint, tokenUrl) = (TenantsCommand.TenantId(), Endpoint(), Text("TOKEN_URL", "Where the OIDC server gives tokens"));
        var (client, clientSecret) = (Text("CLIENT_ID", "The OIDC client"), Secret("CLIENT_SECRET", "Its secret"));
        var (user, password) = (Text("USERNAME", "The user of the password grant"), Secret("PASSWORD", "Its password"));
        return new Command("update-lrs-kc", "Have a tenant's meetings report to a learning record store that takes a token of an OIDC server, such as Keycloak")
        {
            id, endpoint, tokenUrl, client, clientSecret, user, password,
        }.Runs(WithSecrets, async (scope, cancellation) =>
        {
            var credentials = new LrsCredentials
            {
                ClientId = scope.Get(client),
                ClientSecret = await scope.ReadSecretAsync(scope.Get(clientSecret)),
                UserName = scope.Get(user),
                Password = await scope.ReadSecretAsync(scope.Get(password)),
            };
            return await SetAsync(scope, scope.Get(id), scope.Get(endpoint), scope.Get(tokenUrl), credentials, cancellation);
        });
    }

    /// <summary><c>tenants remove-lrs</c>.</summary>
    public static Command Remove()
    {
        var id = TenantsCommand.TenantId();
        return new Command("remove-lrs", "Have a tenant's meetings report to no learning record store") { id }.Runs(WithSecrets, async (scope, cancellation) =>
            await scope.AnswerAsync(await scope.Get<TenantOperations>().ClearLrsAsync(scope.Get(id), scope.Actor, cancellation), asJson: false, cancellation));
    }

    private static async Task<int> SetAsync(
        CommandScope scope, string id, string endpoint, string? tokenUrl, LrsCredentials credentials, CancellationToken cancellation)
    {
        var given = new[] { endpoint, tokenUrl ?? "-", credentials.UserName, credentials.Password, credentials.ClientId ?? "-", credentials.ClientSecret ?? "-" };
        return given.Any(string.IsNullOrWhiteSpace)
            ? scope.Refuse("None of the arguments may be empty")
            : await scope.AnswerAsync(
                await scope.Get<TenantOperations>().SetLrsAsync(id, endpoint, tokenUrl, credentials, scope.Actor, cancellation), asJson: false, cancellation);
    }

    private static Argument<string> Endpoint() => Text("LRS_ENDPOINT", "The store's URL");

    private static Argument<string> Text(string name, string what) => new(name) { Description = what };

    private static Argument<string> Secret(string name, string what) => new(name) { Description = $"{what}; - reads it from standard input" };
}
