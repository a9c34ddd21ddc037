using Scalelite.Workers.Tenants;

namespace Scalelite.Api.CommandLine.Tenants;

/// <summary>How commands about tenants answer.</summary>
internal static class TenantAnswers
{
    /// <summary>Says what came of an operation.</summary>
    public static async Task<int> AnswerAsync(this CommandScope scope, TenantOutcome outcome, bool asJson, CancellationToken cancellation)
    {
        switch (outcome)
        {
            case TenantOutcome.Unknown unknown:
                return scope.Refuse($"Couldn't find Tenant with id={Listing.Printable(unknown.TenantId)}");
            case TenantOutcome.Refused refused:
                return scope.Refuse(Listing.Printable(refused.Why));
            case TenantOutcome.Done done:
                if (asJson) return scope.WriteJson((await TenantRow.ListAsync(scope, cancellation)).FirstOrDefault(tenant => tenant.Id == done.TenantId));
                await scope.Out.WriteLineAsync("OK");
                await scope.Out.WriteLineAsync($"id: {done.SettingId ?? done.TenantId}");
                return ExitCode.Done;
            default:
                throw new InvalidOperationException($"{outcome.GetType().Name} has no answer");
        }
    }
}
