using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary>
/// A server in each state, with a meeting for each call, all of them with one user and seen by a poll. Each server is the only one with
/// its tag; an untagged one takes what cannot stay.
/// </summary>
public sealed class StateTable : IAsyncLifetime
{
    internal const string Spare = "node-1";

    /// <summary>The states, by the number of their node.</summary>
    internal static readonly string[] Rows =
    [
        "spare", "enabled", "cordoned", "suspect", "suspect-silent", "offline", "offline-answers", "offline-long", "cordoned-offline", "disabled",
        "removed", "panicked",
    ];

    private static readonly string[] Calls = ["create", "join", "getMeetingInfo", "end", "insertDocument", "sendChatMessage", "isMeetingRunning", "getMeetings"];

    private Balancer? _balancer;

    internal Balancer Balancer => _balancer!;

    internal static string NodeOf(string row) => $"node-{Array.IndexOf(Rows, row) + 1}";

    internal static string MeetingOf(string row, string call) => $"{row}-{call}";

    public async Task InitializeAsync()
    {
        _balancer = await Balancer.StartAsync(Rows.Length, register: false);
        for (var i = 0; i < Rows.Length; i++) await Balancer.RegisterAsync(Balancer.Pool.Nodes[i], i == 0 ? null : Rows[i]);
        await Task.WhenAll(Rows.Skip(1).SelectMany(row => Calls.Select(call => StartAsync(row, call))));
        await Balancer.PollAsync();

        await Balancer.CordonAsync(NodeOf("cordoned"));
        await Balancer.SuspectAsync(NodeOf("suspect"));
        await Balancer.SuspectAsync(NodeOf("suspect-silent"));
        await Balancer.OfflineAsync(NodeOf("offline"));
        await Balancer.OfflineAsync(NodeOf("offline-answers"));
        await Balancer.OfflineAsync(NodeOf("offline-long"), since: TimeSpan.FromMinutes(2));
        await Balancer.CordonAsync(NodeOf("cordoned-offline"));
        await Balancer.OfflineAsync(NodeOf("cordoned-offline"));
        await Balancer.DisableAsync(NodeOf("disabled"));
        foreach (var silent in new[] { "suspect-silent", "offline", "offline-long", "cordoned-offline" }) Balancer.Node(NodeOf(silent)).Refuse();
        await Balancer.RemoveAsync(NodeOf("removed"));
        await Balancer.PanicAsync(NodeOf("panicked"));

        // What was read before is used for a second at most.
        await Task.Delay(TimeSpan.FromSeconds(1.1));
    }

    public async Task DisposeAsync() => await Balancer.DisposeAsync();

    private async Task StartAsync(string row, string call)
    {
        var meeting = MeetingOf(row, call);
        await Balancer.CreateAsync(meeting, $"&meta_server-tag={row}!");
        Balancer.Node(NodeOf(row)).AddUsers(meeting, 1);
    }
}
