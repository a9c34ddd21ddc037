using System.Globalization;
using Scalelite.Api.Calls;
using Scalelite.BigBlueButton.Answers;
using Scalelite.EventLog;
using Scalelite.Projections.Hooks;
using Scalelite.Workers.Hooks;

namespace Scalelite.Api.Hooks;

/// <summary><c>hooks/create</c> (<c>bbb-api.md §5</c>): a URL has one hook, whose number is told again.</summary>
internal sealed class CreateHookCall(HookOperations hooks) : IBbbCall
{
    public string Name => "hooks/create";

    public CallMethods Methods => CallMethods.Get;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (request.Query["callbackURL"] is not { } url) return CallAnswer.Failed(HookAnswers.MissingUrl);
        if (!request.Tenant.Enabled) return CallAnswer.Failed(BbbErrors.TenantDisabled);
        var raw = request.Query["getRaw"] ?? "";
        if (request.SignedWith is not { } secret || !(raw.Length == 0 || bool.TryParse(raw, out _))) return CallAnswer.Failed(HookAnswers.NotCreated);
        var order = new HookOrder(request.TenantId, url, secret.Value)
        {
            MeetingId = NotEmpty(request.Query["meetingID"]),
            EventIds = NotEmpty(request.Query["eventID"]),
            GetRaw = raw.Equals("true", StringComparison.OrdinalIgnoreCase),
            Origin = $"{request.Http.Request.Scheme}://{request.Http.Request.Host}",
        };
        return await hooks.CreateAsync(order, cancellation) is { } created
            ? CallAnswer.Success(HookAnswers.Created(created))
            : CallAnswer.Failed(HookAnswers.NotCreated);
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary><c>hooks/list</c>: a tenant's, or those of them that hear of a meeting.</summary>
internal sealed class ListHooksCall(KnownHooks hooks, SecretVault vault) : IBbbCall
{
    public string Name => "hooks/list";

    public CallMethods Methods => CallMethods.Get;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (request.Query["meetingID"]?.Contains('\0', StringComparison.Ordinal) == true) return CallAnswer.Failed(BbbErrors.InvalidMeetingId);
        var known = await hooks.ListAsync(request.TenantId, request.Query["meetingID"], cancellation);
        var urls = (await vault.OpenAsync([.. known.Select(hook => HookOperations.OwnerOf(hook.HookId))], HookOperations.UrlKind, cancellation))
            .ToLookup(url => url.Owner, url => url.Value, StringComparer.Ordinal);
        return CallAnswer.Success(HookAnswers.List(known.Select(hook => (hook, urls[HookOperations.OwnerOf(hook.HookId)].FirstOrDefault() ?? ""))));
    }
}

/// <summary><c>hooks/destroy</c>.</summary>
internal sealed class DestroyHookCall(HookOperations hooks) : IBbbCall
{
    public string Name => "hooks/destroy";

    public CallMethods Methods => CallMethods.Get;

    public async Task<CallAnswer> AnswerAsync(CallRequest request, CancellationToken cancellation)
    {
        if (request.Query["hookID"] is not { } id) return CallAnswer.Failed(HookAnswers.MissingId);
        return long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && await hooks.DestroyAsync(request.TenantId, number, cancellation)
            ? CallAnswer.Success(HookAnswers.Removed)
            : CallAnswer.Failed(HookAnswers.NotThere);
    }
}
