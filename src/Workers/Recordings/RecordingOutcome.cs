namespace Scalelite.Workers.Recordings;

/// <summary>What came of an operation on a recording.</summary>
public abstract record RecordingOutcome
{
    private RecordingOutcome()
    {
    }

    /// <summary>It is so now, whether or not it was before.</summary>
    /// <param name="FilesSettled">False where its files still have to follow; a worker sees to it.</param>
    public sealed record Done(bool FilesSettled = true) : RecordingOutcome;

    /// <summary>There is no such recording.</summary>
    public sealed record Unknown : RecordingOutcome;

    /// <summary>No, for a reason that is a sentence for the person who asked.</summary>
    public sealed record Refused(string Why) : RecordingOutcome;
}
