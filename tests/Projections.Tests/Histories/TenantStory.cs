using Scalelite.Domain;
using Scalelite.Domain.Tenants;

namespace Scalelite.Projections.Tests.Histories;

/// <summary>All that happens to tenants.</summary>
internal static class TenantStory
{
    public static void Tell(Story story)
    {
        var (kept, gone, heir) = (Id(201).ToString(), Id(202).ToString(), Id(203).ToString());
        Of(kept, new TenantAdded(kept, "t1", ["f1"], Given.At(1)), new TenantSecretRotated(kept, ["f2", "f1"], Given.At(2)));
        Of(
            kept,
            new TenantSettingSet(kept, Id(211).ToString(), "welcome", "Hello", false, Given.At(3)),
            new TenantSettingSet(kept, Id(211).ToString(), "welcome", "Good day", false, Given.At(4)),
            new TenantSettingSet(kept, Id(212).ToString(), "record", "false", true, Given.At(5)),
            new TenantSettingSet(kept, Id(213).ToString(), "logo", "x", true, Given.At(6)),
            new TenantSettingCleared(kept, Id(213).ToString(), Given.At(7)));
        Of(
            kept,
            new TenantQuotaSet(kept, 10, null, Given.At(8)),
            new TenantRetentionSet(kept, 90, Given.At(9)),
            new TenantLrsSet(kept, "https://lrs/xapi", "https://oidc/token", "l1", Given.At(10)),
            new TenantDisabled(kept, Given.At(11)));

        // Its name passes to another, and one that has it goes.
        Of(gone, new TenantAdded(gone, "t2", ["f3"], Given.At(12)), new TenantSettingSet(gone, Id(214).ToString(), "welcome", "Hi", true, Given.At(13)));
        Of(gone, new TenantRenamed(gone, "t3", Given.At(14)));
        Of(heir, new TenantAdded(heir, "t2", ["f4"], Given.At(15)), new TenantLrsSet(heir, "https://lrs/xapi", null, "l2", Given.At(16)));
        Of(gone, new TenantRemoved(gone, Given.At(17)));
        Of(heir, new TenantLrsCleared(heir, Given.At(18)), new TenantDisabled(heir, Given.At(19)), new TenantEnabled(heir, Given.At(20)));
        Of(heir, new TenantRenamed(heir, "t3", Given.At(21)), new TenantQuotaSet(heir, null, 500, Given.At(22)));

        void Of(string tenant, params object[] events)
        {
            foreach (var @event in events) story.Tell(Streams.Tenant(tenant), @event);
        }
    }

    private static Guid Id(int n) => new(n, 0, 0, [0, 0, 0, 0, 0, 0, 0, (byte)n]);
}
