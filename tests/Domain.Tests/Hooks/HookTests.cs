using Scalelite.Domain.Hooks;
using Xunit;

namespace Scalelite.Domain.Tests.Hooks;

public sealed class HookTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_hook_is_destroyed_by_its_number_and_may_be_created_again_under_another()
    {
        var hook = Hook.Create(Created(1));
        Assert.Empty(hook.CreateAgain(Created(2)).Events);
        Assert.Empty(hook.Destroy(2, At).Events);

        var destroyed = hook.Apply(Assert.IsType<HookDestroyed>(Assert.Single(hook.Destroy(1, At).Events)));
        Assert.Empty(destroyed.Destroy(1, At).Events);
        var again = destroyed.Apply(Assert.IsType<HookCreated>(Assert.Single(destroyed.CreateAgain(Created(2)).Events)));
        Assert.Equal((2L, false), (again.Number, again.Destroyed));
    }

    [Fact]
    public void A_URL_has_one_hook_in_each_tenant()
    {
        Assert.Equal(Hook.IdOf("", "f"), Hook.IdOf("", "f"));
        Assert.Equal(4, new[] { Hook.IdOf("", "f"), Hook.IdOf("", "g"), Hook.IdOf("t", "f"), Hook.IdOf("u", "f") }.Distinct().Count());
    }

    private static HookCreated Created(long number) =>
        new(Hook.IdOf("", "f"), number, "", null, null, false, "f", "lms.example", "signer", "https://lb.example", At);
}
