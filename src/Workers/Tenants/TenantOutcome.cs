namespace Scalelite.Workers.Tenants;

/// <summary>What came of an operation on a tenant.</summary>
public abstract record TenantOutcome
{
    private TenantOutcome()
    {
    }

    /// <summary>It is so now, whether or not it was before.</summary>
    /// <param name="SettingId">Of the setting that was set or cleared; else null.</param>
    public sealed record Done(string TenantId, string? SettingId = null) : TenantOutcome;

    /// <summary>There is no such tenant.</summary>
    public sealed record Unknown(string TenantId) : TenantOutcome;

    /// <summary>No, for a reason that is a sentence for the person who asked.</summary>
    public sealed record Refused(string Why) : TenantOutcome;
}

/// <summary>What is to be changed of a tenant; null leaves it as it is.</summary>
/// <param name="Secrets">All that its clients may sign with from now on, separated by <c>:</c>.</param>
public sealed record TenantChange(string? Name = null, string? Secrets = null);
