namespace Scalelite.Workers.Recordings;

/// <summary>A recording's files are to follow its state; the wake-up for what stands in <c>recording_file_work</c>.</summary>
public sealed record SettleRecording(string RecordId);

/// <summary>Moves or removes a recording's files.</summary>
public static class SettleRecordingHandler
{
    /// <summary>What fails stays due, and is woken again.</summary>
    public static Task Handle(SettleRecording settle, RecordingFiles files, CancellationToken cancellation) =>
        files.SettleAsync(settle.RecordId, cancellation);
}
