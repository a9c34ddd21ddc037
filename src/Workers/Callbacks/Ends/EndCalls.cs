using Microsoft.Extensions.DependencyInjection;
using Scalelite.Domain.Meetings;
using Scalelite.Projections.Meetings;

namespace Scalelite.Workers.Callbacks.Ends;

/// <summary>Takes the calls that nodes make when meetings end.</summary>
public sealed class EndCalls(MeetingRuns runs, CallbackMac mac, IServiceScopeFactory scopes, TimeProvider time)
{
    private const int RunsLookedAt = 5;

    /// <summary>Keeps that the node called, and has it asked whether that is so.</summary>
    /// <returns>False where the MAC is not that of the run on the server that it is on: nothing happens.</returns>
    /// <exception cref="Npgsql.NpgsqlException">PostgreSQL is away; the node calls again.</exception>
    public async Task<bool> HearAsync(Guid instance, string? digits, bool recordingMarks, CancellationToken cancellation)
    {
        if (await runs.FindAsync(instance, cancellation) is not { } run || !EndCallbackUrl.IsRight(mac, instance, run.ServerId, digits)) return false;

        // From here on it is kept, though the node may leave.
        var meant = await MeantAsync(run, CancellationToken.None);
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMessageBus>()
            .InvokeAsync(new HearEnd(meant.Instance, meant.ServerId, recordingMarks, time.GetUtcNow()), CancellationToken.None);
        return true;
    }

    /// <summary>A node that had lost a run and created it anew has the URL of the lost one: it speaks of the run that took its place.</summary>
    private async Task<MeetingRun> MeantAsync(MeetingRun run, CancellationToken cancellation) => run.How != nameof(EndLearned.Replaced)
        ? run
        : (await runs.OfMeetingAsync(run.TenantId, run.MeetingId, RunsLookedAt, cancellation))
            .LastOrDefault(later => later.ServerId == run.ServerId && later.PlacedAt > run.PlacedAt && later.How != nameof(EndLearned.Replaced)) ?? run;
}
