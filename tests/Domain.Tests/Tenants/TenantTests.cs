using Scalelite.Domain.Tenants;
using Xunit;

namespace Scalelite.Domain.Tests.Tenants;

public sealed class TenantTests
{
    private const string Id = "0b8f4f1a-3c5d-4e2b-9f64-000000000001";
    private const string Setting = "0b8f4f1a-3c5d-4e2b-9f64-000000000002";

    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Tenant New = Tenant.Create(new TenantAdded(Id, "school", ["f1"], At));

    [Theory]
    [InlineData("school")]
    [InlineData("a")]
    [InlineData("4")]
    [InlineData("uni-4-a")]
    public void A_name_is_a_label_of_a_host(string name) => Assert.Null(Tenant.Add(Id, name, ["f1"], At).Refusal);

    [Theory]
    [InlineData("")]
    [InlineData("School")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("a_b")]
    [InlineData("schüle")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Another_name_is_refused(string name)
    {
        Assert.NotNull(Tenant.Add(Id, name, ["f1"], At).Refusal);
        Assert.NotNull(New.Rename(name, At).Refusal);
    }

    [Theory]
    [InlineData("school.bbb.example.org", "school")]
    [InlineData("SCHOOL.example.org", "school")]
    [InlineData("localhost", "localhost")]
    [InlineData("10.0.0.1", null)]
    [InlineData("[::1]", null)]
    [InlineData("a_b.example.org", null)]
    [InlineData("", null)]
    public void The_first_label_of_a_host_names_the_tenant(string host, string? name) => Assert.Equal(name, TenantName.OfHost(host));

    [Fact]
    public void A_tenant_needs_an_id_and_a_secret_and_no_secret_twice()
    {
        Assert.NotNull(Tenant.Add("school", "school", ["f1"], At).Refusal);
        Assert.NotNull(Tenant.Add(Id, "school", [], At).Refusal);
        Assert.NotNull(Tenant.Add(Id, "school", ["f1", "f1"], At).Refusal);
        Assert.NotNull(New.RotateSecrets([], At).Refusal);
    }

    [Fact]
    public void A_setting_keeps_its_id_while_its_value_changes()
    {
        var set = Assert.IsType<TenantSettingSet>(Assert.Single(New.Set(Setting, "welcome", "Hello, all = 1", false, At).Events));
        var tenant = New.Apply(set);
        Assert.Empty(tenant.Set("other", "welcome", "Hello, all = 1", false, At).Events);
        Assert.Equal([new TenantSettingSet(Id, Setting, "welcome", "Hi", false, At)], tenant.Set("other", "welcome", "Hi", false, At).Events);

        // As an override it is another setting.
        Assert.Equal([new TenantSettingSet(Id, "other", "welcome", "Hi", true, At)], tenant.Set("other", "welcome", "Hi", true, At).Events);
        Assert.Equal([new TenantSettingCleared(Id, Setting, At)], tenant.Clear(Setting, At).Events);
        Assert.NotNull(tenant.Clear("other", At).Refusal);
    }

    [Theory]
    [InlineData("meetingID")]
    [InlineData("MEETINGID")]
    [InlineData("checksum")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a=b")]
    [InlineData("a&b")]
    public void No_setting_decides_which_meeting_a_call_is_about(string param) => Assert.NotNull(New.Set(Setting, param, "x", true, At).Refusal);

    [Fact]
    public void What_is_so_already_changes_nothing()
    {
        Assert.Empty(New.Rename("school", At).Events);
        Assert.Empty(New.RotateSecrets(["f1"], At).Events);
        Assert.Empty(New.Enable(At).Events);
        Assert.Empty(New.Apply(new TenantDisabled(Id, At)).Disable(At).Events);
        Assert.Empty(New.Limit(null, null, At).Events);
        Assert.Empty(New.Apply(new TenantQuotaSet(Id, 3, 4, At)).Limit(3, 4, At).Events);
        Assert.Empty(New.Keep(null, At).Events);
        Assert.Empty(New.ClearLrs(At).Events);
        Assert.Empty(New.Apply(new TenantLrsSet(Id, "https://lrs", null, "l", At)).SetLrs("https://lrs", null, "l", At).Events);
    }

    [Fact]
    public void The_order_of_the_secrets_is_the_operators() =>
        Assert.Equal(["f2", "f1"], Assert.IsType<TenantSecretRotated>(Assert.Single(New.RotateSecrets(["f2", "f1"], At).Events)).SecretFingerprints);

    [Fact]
    public void A_wrong_quota_retention_or_store_is_refused()
    {
        Assert.NotNull(New.Limit(-1, null, At).Refusal);
        Assert.NotNull(New.Limit(null, -1, At).Refusal);
        Assert.NotNull(New.Keep(0, At).Refusal);
        Assert.NotNull(New.SetLrs("lrs.example.org", null, "l", At).Refusal);
        Assert.NotNull(New.SetLrs("https://lrs", "ftp://oidc", "l", At).Refusal);
        Assert.NotNull(New.SetLrs("https://name:password@lrs", null, "l", At).Refusal);
    }

    [Fact]
    public void A_tenant_that_was_removed_is_not_changed()
    {
        var removed = New.Apply(new TenantRemoved(Id, At));
        Assert.All(
            [
                removed.Rename("other", At), removed.RotateSecrets(["f2"], At), removed.Set(Setting, "a", "b", true, At), removed.Clear(Setting, At),
                removed.Limit(1, 1, At), removed.Keep(1, At), removed.SetLrs("https://lrs", null, "l", At), removed.Disable(At), removed.Remove(At),
            ],
            decision => Assert.NotNull(decision.Refusal));
    }
}
