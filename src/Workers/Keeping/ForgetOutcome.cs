using Scalelite.Domain.Keeping;

namespace Scalelite.Workers.Keeping;

/// <summary>Of what or whom names and metadata are forgotten.</summary>
public abstract record ForgetSubject
{
    private ForgetSubject()
    {
    }

    /// <summary>One run of a meeting.</summary>
    public sealed record Meeting(Guid Instance) : ForgetSubject
    {
        /// <inheritdoc/>
        public override string ToString() => $"meeting {Instance}";
    }

    /// <summary>One recording.</summary>
    public sealed record Recording(string RecordId) : ForgetSubject
    {
        /// <inheritdoc/>
        public override string ToString() => $"recording {RecordId}";
    }

    /// <summary>A tenant that was removed, with all its meetings and recordings.</summary>
    public sealed record Tenant(string TenantId) : ForgetSubject
    {
        /// <inheritdoc/>
        public override string ToString() => $"tenant {TenantId}";
    }
}

/// <summary>What came of it.</summary>
public abstract record ForgetOutcome
{
    private ForgetOutcome()
    {
    }

    /// <summary>There is no such thing in the log.</summary>
    public sealed record Unknown : ForgetOutcome;

    /// <summary>No, for a reason that is a sentence for the person who asked. What was forgotten before stays forgotten.</summary>
    public sealed record Refused(string Why) : ForgetOutcome;

    /// <summary>Nothing of it is left in the log; or would be.</summary>
    /// <param name="Events">Those that were overwritten now; empty where all was forgotten before.</param>
    /// <param name="Secrets">How many sealed URLs and passwords were removed with them.</param>
    public sealed record Done(IReadOnlyList<ForgottenEvent> Events, int Secrets) : ForgetOutcome;
}
