using System.Globalization;
using Scalelite.Domain.AdminTokens;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.DeadLetters;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Keeping;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Recordings;
using Scalelite.Domain.Servers;
using Scalelite.Domain.Tenants;

namespace Scalelite.Projections.Analytics;

/// <summary>
/// Fills <c>admin_change</c>: a row for each event by which somebody changed servers, tenants, tokens, recordings or the log, ended a meeting or
/// had something tried again. Names, metadata and values of settings are left out: they may be forgotten later, or be secret.
/// </summary>
public sealed class AdminChangeProjection : IProjection
{
    /// <summary>The causation of ends that people ordered; all others follow from what nodes say.</summary>
    private const string EndedByPerson = "meetings end";

    /// <inheritdoc/>
    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        foreach (var @event in events)
        {
            if (Describe(@event) is not var (kind, id, summary, at)) continue;
            operations.QueueSqlCommand(
                """
                insert into admin_change (event_id, at, type, subject_kind, subject_id, summary, actor, address, reason, command, correlation_id)
                values (?, ?, ?, ?, ?, ?, ?::text, ?::text, ?::text, ?::text, ?::text)
                on conflict do nothing
                """,
                @event.Id, at.ToUniversalTime(), @event.EventTypeName, kind, id, summary, Header(@event, "actor"), Header(@event, "address"),
                Header(@event, "reason"), @event.CausationId ?? (object)DBNull.Value, @event.CorrelationId ?? (object)DBNull.Value);
        }

        return Task.CompletedTask;
    }

    private static object Header(IEvent @event, string name) => @event.Headers?.GetValueOrDefault(name)?.ToString() ?? (object)DBNull.Value;

    private static (string Kind, string Id, string Summary, DateTimeOffset At)? Describe(IEvent @event) =>
        OfServer(@event.Data) ?? OfTenant(@event.Data) ?? OfRecording(@event.Data) ?? @event.Data switch
        {
            AdminTokenIssued e => ("token", $"{e.TokenId}", $"issued for {e.Role}, until {Utc(e.ExpiresAt)}", e.At),
            AdminTokenRevoked e => ("token", $"{e.TokenId}", "revoked", e.At),
            MeetingEnded e when @event.CausationId == EndedByPerson => ("meeting", $"{e.Instance}", $"ended on server {e.ServerId}", e.At),
            ImportRetried e => ("import", $"{e.ImportId}", "retried", e.At),
            CallbackRetried e => ("callback", $"{e.CallbackId}", "retried", e.At),
            DeadLetterReplayed e => ("dead_letter", $"{e.LetterId}", $"replayed: {e.MessageType}", e.At),
            StreamPruned e => ("log", e.Stream, $"pruned: {e.Events} events, {e.FirstNumber} to {e.LastNumber}", e.At),
            DataForgotten e => ("log", e.Subject, $"forgotten: fields of {e.Events.Count} events", e.At),
            _ => null,
        };

    private static (string Kind, string Id, string Summary, DateTimeOffset At)? OfServer(object @event) => @event switch
    {
        ServerRegistered e => ("server", e.ServerId, $"registered at {e.Url}, load multiplier {Number(e.LoadMultiplier)}, {Tag(e.Tag)}", e.At),
        ServerEnabled e => ("server", e.ServerId, "enabled", e.At),
        ServerCordoned e => ("server", e.ServerId, "cordoned", e.At),
        ServerDisabled e => ("server", e.ServerId, "disabled", e.At),
        ServerPanicked e => ("server", e.ServerId, $"panicked: {e.Meetings} meetings given up{(e.KeepState ? ", its state kept" : "")}", e.At),
        ServerRemoved e => ("server", e.ServerId, "removed", e.At),
        ServerUrlChanged e => ("server", e.ServerId, $"moved to {e.Url}", e.At),
        ServerTagged e => ("server", e.ServerId, Tag(e.Tag), e.At),
        LoadMultiplierChanged e => ("server", e.ServerId, $"load multiplier {Number(e.LoadMultiplier)}", e.At),
        ServerCapacityChanged e => ("server", e.ServerId, e.Users is { } users ? $"meant for {users} users" : "meant for any number of users", e.At),
        SecretRotated e => ("server", e.ServerId, "secret changed", e.At),
        _ => null,
    };

    private static (string Kind, string Id, string Summary, DateTimeOffset At)? OfTenant(object @event) => @event switch
    {
        TenantAdded e => ("tenant", e.TenantId, "added", e.At),
        TenantRenamed e => ("tenant", e.TenantId, "renamed", e.At),
        TenantSecretRotated e => ("tenant", e.TenantId, $"secrets changed: {e.SecretFingerprints.Count} are taken", e.At),
        TenantSettingSet e => ("tenant", e.TenantId, $"{(e.Override ? "override" : "default")} of {e.Param} set", e.At),
        TenantSettingCleared e => ("tenant", e.TenantId, $"setting {e.SettingId} cleared", e.At),
        TenantQuotaSet e => ("tenant", e.TenantId, $"quota: {Limit(e.Meetings)} meetings, {Limit(e.Users)} users", e.At),
        TenantRetentionSet e => ("tenant", e.TenantId, e.Days is { } days ? $"recordings are kept for {days} days" : "recordings are kept as for all", e.At),
        TenantLrsSet e => ("tenant", e.TenantId, "learning record store set", e.At),
        TenantLrsCleared e => ("tenant", e.TenantId, "learning record store cleared", e.At),
        TenantDisabled e => ("tenant", e.TenantId, "disabled", e.At),
        TenantEnabled e => ("tenant", e.TenantId, "enabled", e.At),
        TenantRemoved e => ("tenant", e.TenantId, "removed", e.At),
        _ => null,
    };

    private static (string Kind, string Id, string Summary, DateTimeOffset At)? OfRecording(object @event) => @event switch
    {
        RecordingPublished e => ("recording", e.RecordId, "published", e.At),
        RecordingUnpublished e => ("recording", e.RecordId, "unpublished", e.At),
        RecordingProtected e => ("recording", e.RecordId, e.Protected ? "protected" : "no longer protected", e.At),
        RecordingMetadataChanged e => ("recording", e.RecordId, "metadata changed", e.At),
        RecordingGivenToTenant e => ("recording", e.RecordId, e.TenantId.Length == 0 ? "given to no tenant" : $"given to tenant {e.TenantId}", e.At),
        RecordingDeleted e => ("recording", e.RecordId, $"deleted: {e.Why}", e.At),
        RecordingRestored e => ("recording", e.RecordId, "to be restored", e.At),
        _ => null,
    };

    private static string Tag(string? tag) => tag is null ? "untagged" : $"tagged {tag}";

    private static string Limit(int? limit) => limit is { } most ? $"at most {most}" : "any number of";

    private static string Number(decimal number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
