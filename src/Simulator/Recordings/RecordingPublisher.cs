using Scalelite.Simulator.Meetings;

namespace Scalelite.Simulator.Recordings;

/// <summary>What a node does with the meetings that it recorded, once they are over.</summary>
internal sealed class RecordingPublisher(SimulatedNode node, NodeRecordingOptions options, TimeProvider time, CancellationToken stopping)
{
    private readonly Lock _gate = new();
    private readonly List<PublishedRecording> _published = [];

    public IReadOnlyList<PublishedRecording> Published
    {
        get
        {
            lock (_gate) return [.. _published];
        }
    }

    /// <summary>Begins to work on a meeting that has just ended. The caller holds the node's lock.</summary>
    public void Begin(LiveMeeting meeting)
    {
        if (!meeting.Plan.Record) return;
        var recorded = new RecordedMeeting(meeting.InternalMeetingID, meeting.MeetingID, meeting.Plan.Name)
        {
            Origin = node.Origin,
            StartTime = DateTimeOffset.FromUnixTimeMilliseconds(meeting.CreateTime),
            EndTime = time.GetUtcNow(),
            Participants = meeting.MostUsers,
            Metadata = meeting.Plan.Metadata,
            Breakout = meeting.Plan.Breakout is { } breakout ? new(breakout.Parent.InternalMeetingID, breakout.Sequence) : null,
            BreakoutRooms = [.. meeting.BreakoutIDs],
        };
        _ = PublishAsync(recorded);
    }

    private async Task PublishAsync(RecordedMeeting meeting)
    {
        await Task.Yield();
        try
        {
            var formats = new List<RecordedFormat>();
            foreach (var make in options.Formats)
            {
                await Task.Delay(options.WorkOnFormat, time, stopping).ConfigureAwait(false);
                formats.Add(make(meeting));
                await DeliverAsync(new RecordingArchive(meeting, [.. formats])).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The node is switched off.
        }
    }

    private async Task DeliverAsync(RecordingArchive archive)
    {
        string? failure = null;
        try
        {
            await options.Deliver(node, archive, stopping).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A node's hook writes to its own log what went wrong, whatever it was.
        catch (Exception wrong) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            failure = wrong.Message;
        }

        var bytes = archive.Formats.Sum(format => format.Files.Sum(file => (long)file.Content.Length));
        lock (_gate)
        {
            _published.Add(new(
                archive.Meeting.RecordId, archive.Meeting.MeetingId, archive.Name, [.. archive.Formats.Select(f => f.Name)], bytes, time.GetUtcNow(), failure));
        }
    }
}
