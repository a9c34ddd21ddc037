using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.Domain.WhatIf;

namespace Scalelite.Workers.WhatIf;

/// <summary>What a run's events say of its arrival, its size and its moves.</summary>
/// <param name="pollInterval">Of the history: two polls without a meeting tell its end, so it was over before the first of them.</param>
internal sealed class PastRun(TimeSpan pollInterval, IReadOnlyDictionary<Guid, int[]> liveCurves, DateTimeOffset until)
{
    private const string Held = "held";

    /// <summary>The happenings of one run, with the number of the event that tells each; none for a meeting that never came to be.</summary>
    public IEnumerable<(Happening Happening, long Number)> Read(Guid run, List<PastMeetingRow> story)
    {
        if (story.FindLast(row => row.Type is "meeting_placed" or "meeting_adopted") is not { } begins)
            yield break;
        var started = story.FindLast(row => row.Type == "meeting_started");
        var ended = story.FindLast(row => row.Type == "meeting_ended");
        // A placement that failed for good holds its share for seconds.
        if (ended is null && !liveCurves.ContainsKey(run))
            yield break;

        var starts = begins.Type == "meeting_adopted"
            ? DateTimeOffset.FromUnixTimeMilliseconds(begins.CreateTime)
            : begins.At.AddMilliseconds(story.Find(row => row.Type == "meeting_started" && row.Number > begins.Number)?.ElapsedMs ?? 0);
        var size = SizeOf(run, starts, started?.InternalMeetingId ?? begins.InternalMeetingId, ended);
        yield return (Begin(run, begins, size), begins.Number);
        foreach (var moved in story)
            if (moved is { Type: "meeting_moved", ToServerId: { } to })
                yield return (new MeetingWentOver(moved.At, run, to, moved.Back), moved.Number);
    }

    private static Happening Begin(Guid run, PastMeetingRow row, MeetingSize size) => row switch
    {
        { Type: "meeting_adopted" } => new MeetingFound(row.At, run, row.TenantId, row.MeetingId, row.ParentMeetingId, row.ServerId, size),
        // Its node had lost it and created it anew: nobody chose.
        { Policy: Held } => new MeetingFound(row.At, run, row.TenantId, row.MeetingId, row.MeetingId, row.ServerId, size),
        _ => new MeetingArrived(
            row.At, run, row.TenantId, row.MeetingId, TagRequest.Parse(row.Tag), size,
            new PlacedBefore(row.ServerId, row.PollAgeSeconds is { } age ? TimeSpan.FromSeconds(age) : null, row.Candidates)),
    };

    private MeetingSize SizeOf(Guid run, DateTimeOffset starts, string? internalMeetingId, PastMeetingRow? ended)
    {
        if (ended is null)
            return new MeetingSize(starts, null, null, MeetingCurve.Reduce(liveCurves[run]), Later(starts, until), internalMeetingId);
        var at = ended.EndedAt ?? ended.At;
        return ended.How == nameof(EndLearned.Polls)
            ? new MeetingSize(starts, Later(starts, at - (1.5 * pollInterval)), null, ended.Curve, null, internalMeetingId)
            : new MeetingSize(starts, Later(starts, at), Later(at, ended.At), ended.Curve, null, internalMeetingId);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
