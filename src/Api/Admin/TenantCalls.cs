namespace Scalelite.Api.Admin;

/// <summary>The calls about tenants, as Scalelite answers them with MULTITENANCY_ENABLED=false, which is all there is here.</summary>
internal static class TenantCalls
{
    private static readonly AdminAnswer Disabled = AdminAnswer.Message(StatusCodes.Status412PreconditionFailed, "Multitenancy is disabled");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AdminCall> All { get; } =
    [
        Call("getTenants", posts: false),
        Call("getTenantInfo", posts: false),
        Call("addTenant", posts: true),
        Call("updateTenant", posts: true),
        Call("deleteTenant", posts: true),
    ];

    private static AdminCall Call(string name, bool posts) => new(name, posts, _ => Task.FromResult(Disabled));
}
