using Scalelite.Domain.Imbalance;
using Scalelite.Domain.Servers;

namespace Scalelite.Domain.WhatIf;

/// <summary>Nodes that break down and return empty, and the people who had been in their meetings.</summary>
internal sealed partial class SimulatedPool
{
    // After a crash people click again within a minute, and then every ten seconds.
    private const long FirstClick = 30_000;
    private const long NextClick = 10_000;

    private void Crash(NodeCrashed crashed, long at)
    {
        if (!servers.TryGetValue(crashed.ServerId, out var server))
            return;
        var returnsAt = crashed.ReturnsAt.ToUnixTimeMilliseconds();
        server.IsDown = true;
        foreach (var meeting in server.Meetings)
        {
            meeting.Lose(at);
            Later(at + FirstClick + (long)(SplitMix.Of(seed, (ulong)dueNumber) % FirstClick), now => ClickAgain(meeting, now));
        }

        WeighOne(server, at);
        // Two failed polls make it offline, one good one online (SERVER_UNHEALTHY_THRESHOLD, SERVER_HEALTHY_THRESHOLD).
        var failed = server.NextPoll(at);
        if (failed < returnsAt)
            Later(failed, now => Change(server, now, PoolChangeKind.Suspected, s => s.Turn(Health.Suspect, now)));
        if (server.NextPoll(failed) is var again && again < returnsAt)
            Later(again, now => Change(server, now, PoolChangeKind.WentOffline, s => s.Turn(Health.Offline, now)));
        Later(returnsAt, _ => server.IsDown = false);
        Later(server.NextPoll(returnsAt), now =>
        {
            Change(server, now, PoolChangeKind.CameOnline, s => s.Turn(Health.Online, now));
            returned.Add(new ReturnedNode(server.Id, DateTimeOffset.FromUnixTimeMilliseconds(now), 0, 0));
        });
    }

    // The meeting moves once its server has been offline for MOVE_AFTER; until then a create fails, and people click again. If the
    // server is back by then, the meeting begins anew there.
    private void ClickAgain(SimulatedMeeting meeting, long at)
    {
        if (meeting.Server is not { } server || at >= meeting.EndsByItself)
            return;
        if (server.Health == Health.Online && !server.IsDown)
            Move(meeting, server, at);
        else if (server.OfflineSince is { } since && at - since >= (long)side.MoveAfter.TotalMilliseconds)
            MoveAway(meeting, server, at);
        else
            Later(at + NextClick, now => ClickAgain(meeting, now));
    }
}
