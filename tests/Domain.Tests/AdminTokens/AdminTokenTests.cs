using Scalelite.Domain.AdminTokens;
using Xunit;

namespace Scalelite.Domain.Tests.AdminTokens;

public sealed class AdminTokenTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = Guid.NewGuid();
    private static readonly string Hash = new('a', 64);

    [Fact]
    public void A_token_expires_when_its_life_is_over()
    {
        var issued = Assert.IsType<AdminTokenIssued>(Assert.Single(AdminToken.Issue(Id, "a.b-c_d@e", AdminRole.Operator, Hash, TimeSpan.FromDays(90), Now).Events));
        Assert.Equal((Id, AdminRole.Operator, Now.AddDays(90), Now), (issued.TokenId, issued.Role, issued.ExpiresAt, issued.At));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("ü")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void A_name_that_could_not_stand_in_a_line_of_the_log_is_refused(string name) =>
        Assert.NotNull(AdminToken.Issue(Id, name, AdminRole.Viewer, Hash, TimeSpan.FromDays(1), Now).Refusal);

    [Fact]
    public void A_life_without_an_end_and_a_token_itself_are_refused()
    {
        foreach (var life in new[] { TimeSpan.Zero, TimeSpan.FromDays(3651), TimeSpan.MaxValue })
            Assert.NotNull(AdminToken.Issue(Id, "a", AdminRole.Viewer, Hash, life, Now).Refusal);
        Assert.NotNull(AdminToken.Issue(Id, "a", AdminRole.Viewer, "slt_" + new string('a', 43), TimeSpan.FromDays(1), Now).Refusal);
    }

    [Fact]
    public void It_is_revoked_once()
    {
        var token = AdminToken.Create(new AdminTokenIssued(Id, "a", AdminRole.Admin, Hash, Now.AddDays(1), Now));
        var revoked = Assert.IsType<AdminTokenRevoked>(Assert.Single(token.Revoke(Now).Events));
        Assert.Empty(token.Apply(revoked).Revoke(Now).Events);
    }
}
