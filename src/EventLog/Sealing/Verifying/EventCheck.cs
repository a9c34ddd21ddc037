using System.Globalization;

namespace Scalelite.EventLog.Sealing.Verifying;

/// <summary>Says in what an event differs from its sealed leaf.</summary>
internal sealed class EventCheck(ToldChanges told)
{
    /// <summary>What became of an event whose leaf is not the sealed one.</summary>
    public async Task<AuditFinding> ExplainAsync(long seal, SealedLeaf @sealed, EventLeaf stored, CancellationToken cancellation)
    {
        if (EventLeaf.StreamDigest(stored.Stream) != @sealed.Stream)
            return Finding(AuditFindingKind.StreamChanged, "was sealed in another stream");
        if (@sealed.Leaf.AsSpan().SequenceEqual(EventLeaf.Of(stored.Metadata, !stored.Archived, stored.Data)))
        {
            return Finding(
                AuditFindingKind.Archived,
                stored.Archived ? "was archived after it was sealed: readers do not see it" : "was archived when it was sealed: readers see it now");
        }

        if (told.IsForgotten(stored.Number) && await RedactionAsync(@sealed, stored, cancellation) is { } redaction)
        {
            var reason = redaction.Reason is null ? "" : $" ({redaction.Reason})";
            return Finding(
                AuditFindingKind.Redacted,
                string.Create(
                    CultureInfo.InvariantCulture, $"was redacted by {redaction.Actor ?? "nobody known"} at {redaction.At.UtcDateTime:u}{reason}; all else is as it was sealed"),
                redaction.Actor);
        }

        return SealedLeaf.DataDigest(stored.Data) == @sealed.Data
            ? Finding(AuditFindingKind.MetadataChanged, "has another id, version, type, time, correlation, causation or headers than when it was sealed; its data are the same")
            : Finding(AuditFindingKind.DataChanged, "has other data than when it was sealed");

        AuditFinding Finding(AuditFindingKind kind, string what, string? actor = null) => new(
            kind, string.Create(CultureInfo.InvariantCulture, $"event {stored.Number} {what}"), seal, stored.Stream, [stored.Number], actor);
    }

    /// <summary>The last redaction, if those that the log tells of lead from the sealed data to the stored, with all else as it was; null if not.</summary>
    private async Task<ToldRedaction?> RedactionAsync(SealedLeaf @sealed, EventLeaf stored, CancellationToken cancellation)
    {
        byte[]? now = null;
        ToldRedaction? last = null;
        foreach (var redaction in await told.RedactionsAsync(stored.Number, cancellation))
        {
            if (Digest(redaction.Was) is not { } was || Digest(redaction.Is) is not { } since) return null;
            var follows = now is null ? @sealed.Leaf.AsSpan().SequenceEqual(EventLeaf.Of(stored.Metadata, stored.Archived, was)) : now.AsSpan().SequenceEqual(was);

            // One that was told before the event was sealed is not of this change.
            if (!follows && now is not null) return null;
            if (follows) (now, last) = (since, redaction);
        }

        return now is not null && now.AsSpan().SequenceEqual(stored.Data) ? last : null;
    }

    private static byte[]? Digest(string hex) => hex.Length == 64 && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : null;
}
