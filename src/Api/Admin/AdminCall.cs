using Scalelite.Workers.Servers;
using Scalelite.Workers.Tenants;

namespace Scalelite.Api.Admin;

/// <summary>One call of the admin API.</summary>
/// <param name="Name">The path's last element: <c>getServers</c>.</param>
/// <param name="Posts">It takes POST and nothing else; else GET.</param>
/// <param name="Answer">Asked when method, content type, checksum and body were right.</param>
/// <param name="Wrapper">What its fields stand in.</param>
internal sealed record AdminCall(string Name, bool Posts, Func<AdminRequest, Task<AdminAnswer>> Answer, string Wrapper = "server");

/// <summary>A request whose checksum was right.</summary>
/// <param name="Id">From the query or the body; empty where it names none.</param>
/// <param name="WantsRemovable">The query asks with <c>removable=true</c> for what Scalelite does not tell.</param>
/// <param name="By">Who changes something.</param>
/// <param name="Operations">What can be done with servers.</param>
/// <param name="Tenants">What can be done with tenants.</param>
/// <param name="Cancellation">The caller left. Only for reading: a change that was asked for rightly is done.</param>
internal sealed record AdminRequest(
    string Id, bool WantsRemovable, AdminBody Body, ChangedBy By, ServerOperations Operations, TenantOperations Tenants, CancellationToken Cancellation);
