using System.Collections.Concurrent;
using System.Xml.Linq;
using Scalelite.Domain.Servers;
using Scalelite.Simulator.Faults;
using Scalelite.Testing;

namespace Scalelite.Faults.Outages;

/// <summary>A node whose secret was changed behind our back blames its caller; the LMS must not hear of it.</summary>
public sealed class RefusedSecretTests
{
    [Fact]
    public async Task An_LMS_never_sees_a_nodes_checksumError_and_creates_go_elsewhere()
    {
        await using var pool = await Pool.StartAsync(new PoolPlan { Nodes = 3, Instances = 2 });
        (await pool.Lms.CreateAsync("held")).ShouldSucceed();
        var refusing = pool.Simulated.Nodes.Single(n => n.Meeting("held") is not null);
        refusing.Faults.Add(Fault.ChecksumError());

        var answers = new ConcurrentBag<(string Call, XElement Answer)>();
        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            var lms = pool.Processes[i % 2].Lms;
            answers.Add(("info", await lms.InfoAsync("held")));
            answers.Add(("running", await lms.IsRunningAsync("held")));
            answers.Add(("create again", await lms.CreateAsync("held")));
            answers.Add(("chat", await lms.CallAsync("sendChatMessage", ("meetingID", "held"), ("message", "Hello"))));
            answers.Add(("end", await lms.EndAsync("held")));
            answers.Add(("meetings", (await lms.MeetingsAsync()).ShouldSucceed()));
            answers.Add(("create", (await lms.CreateAsync($"new-{i}")).ShouldSucceed()));
            if ((await lms.JoinAsync("held")).Error is { } error) answers.Add(("join", error));
        }));

        Assert.DoesNotContain(answers, a => a.Answer.Key() is "checksumError" || a.Answer.ToString().Contains("checksum", StringComparison.OrdinalIgnoreCase));
        Assert.All(answers.Where(a => a.Call is "info" or "end"), a => Assert.Equal("internalError", a.Answer.Key()));
        Assert.Equal("held", Assert.Single(refusing.Meetings).MeetingID);

        await Eventually.HoldsAsync("the poll says why", async () => await pool.ServerAsync(refusing) is
        { Server.Health: Health.Offline, Error: { } error } && error.Contains("secret refused", StringComparison.Ordinal));
        Assert.Empty(refusing.Ended);

        refusing.Recover();
        await pool.ReadyAsync();
        Assert.True((await pool.Lms.JoinAsync("held")).LeadsTo(refusing));
    }
}
