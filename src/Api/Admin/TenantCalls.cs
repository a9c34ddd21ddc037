using System.Text.Json;
using Scalelite.Projections.Tenants;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Tenants;

namespace Scalelite.Api.Admin;

/// <summary>
/// The calls about tenants. Scalelite's documentation and its code differ in what addTenant, updateTenant and deleteTenant answer: these
/// answer both.
/// </summary>
internal sealed class TenantCalls(TenantList tenants, TenantSecrets secrets, Settings settings, AdminApiOptions options)
{
    private const string Wrapper = "tenant";

    private static readonly AdminAnswer Disabled = AdminAnswer.Message(StatusCodes.Status412PreconditionFailed, "Multitenancy is disabled");

    /// <summary>All of them.</summary>
    public IReadOnlyList<AdminCall> All =>
    [
        Call("getTenants", posts: false, ListAsync),
        Call("getTenantInfo", posts: false, request => ShowAsync(request.Id, StatusCodes.Status200OK, (json, tenant, secret) => json.WriteTenant(tenant, secret), request.Cancellation)),
        Call("addTenant", posts: true, AddAsync),
        Call("updateTenant", posts: true, UpdateAsync),
        Call("deleteTenant", posts: true, DeleteAsync),
    ];

    private AdminCall Call(string name, bool posts, Func<AdminRequest, Task<AdminAnswer>> answer) =>
        new(name, posts, settings.Multitenancy.Enabled ? answer : _ => Task.FromResult(Disabled), Wrapper);

    private async Task<AdminAnswer> ListAsync(AdminRequest request)
    {
        var all = await tenants.ListAsync(request.Cancellation);
        if (all.Count == 0) return AdminAnswer.Message(StatusCodes.Status200OK, "No tenants exist");
        await LoadAsync(all, request.Cancellation);
        return AdminAnswer.Json(StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray();
            foreach (var tenant in all)
            {
                json.WriteStartObject();
                json.WriteFields(tenant, SecretsOf(tenant));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private async Task<AdminAnswer> AddAsync(AdminRequest request)
    {
        var (name, given) = (request.Body.Text("name"), request.Body.Text("secrets"));
        if (request.Body.Problem is { } why) return Refused(why);
        if (string.IsNullOrWhiteSpace(name) || string.IsNullOrWhiteSpace(given))
            return AdminAnswer.Message(StatusCodes.Status400BadRequest, "Error: both name and secrets are required to create a Tenant");
        if (IsHidden(given)) return Refused($"{ServerJson.HiddenSecret} is no secret: it is shown in place of one");
        return await AnswerAsync(
            await request.Tenants.AddAsync(name, given, request.By, CancellationToken.None),
            id => ShowAsync(id, StatusCodes.Status201Created, (json, tenant, secret) => json.WriteAdded(tenant, secret), CancellationToken.None));
    }

    private async Task<AdminAnswer> UpdateAsync(AdminRequest request)
    {
        var (name, given) = (request.Body.Text("name"), request.Body.Text("secrets"));

        // An unknown tenant is said before what is wrong with the change.
        if (await FindAsync(request.Id, request.Cancellation) is null) return Unknown(request.Id);
        if (request.Body.Problem is { } why) return Refused(why);

        // Who sends back what was shown to them means the secrets that are.
        var change = new TenantChange(
            string.IsNullOrWhiteSpace(name) ? null : name, string.IsNullOrWhiteSpace(given) || IsHidden(given) ? null : given);
        return await AnswerAsync(
            await request.Tenants.UpdateAsync(request.Id, change, request.By, CancellationToken.None),
            id => ShowAsync(id, StatusCodes.Status200OK, (json, tenant, secret) => json.WriteUpdated(tenant, secret), CancellationToken.None));
    }

    private static async Task<AdminAnswer> DeleteAsync(AdminRequest request) => await AnswerAsync(
        await request.Tenants.RemoveAsync(request.Id, request.By, CancellationToken.None),
        id => Task.FromResult(AdminAnswer.Json(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("success", $"Tenant id={id} was destroyed");
            json.WriteEndObject();
        })));

    private async Task<AdminAnswer> ShowAsync(string id, int status, Action<Utf8JsonWriter, ListedTenant, string> write, CancellationToken cancellation)
    {
        if (await FindAsync(id, cancellation) is not { } tenant) return Unknown(id);
        await LoadAsync([tenant], cancellation);
        return AdminAnswer.Json(status, json => write(json, tenant, SecretsOf(tenant)));
    }

    private async Task<ListedTenant?> FindAsync(string id, CancellationToken cancellation) =>
        (await tenants.ListAsync(cancellation)).FirstOrDefault(tenant => tenant.Id == id);

    private Task LoadAsync(IReadOnlyCollection<ListedTenant> shown, CancellationToken cancellation) =>
        options.ShowsSecrets ? secrets.LoadAsync(shown, cancellation) : Task.CompletedTask;

    private string SecretsOf(ListedTenant tenant) =>
        options.ShowsSecrets ? string.Join(TenantOperations.Separator, secrets.Of(tenant).Select(s => s.Secret)) : ServerJson.HiddenSecret;

    private static bool IsHidden(string given) => given.Split(TenantOperations.Separator).Contains(ServerJson.HiddenSecret);

    private static async Task<AdminAnswer> AnswerAsync(TenantOutcome outcome, Func<string, Task<AdminAnswer>> done) => outcome switch
    {
        TenantOutcome.Done { TenantId: var id } => await done(id),
        TenantOutcome.Unknown { TenantId: var id } => Unknown(id),
        TenantOutcome.Refused { Why: var why } => Refused(why),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer"),
    };

    private static AdminAnswer Unknown(string id) => AdminAnswer.Error(StatusCodes.Status404NotFound, $"Couldn't find Tenant with id={id}");

    private static AdminAnswer Refused(string why) => AdminAnswer.Error(StatusCodes.Status422UnprocessableEntity, why);
}
