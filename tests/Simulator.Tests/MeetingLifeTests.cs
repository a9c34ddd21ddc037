using System.Net;
using Scalelite.Simulator.Meetings;
using Xunit;

namespace Scalelite.Simulator.Tests;

public sealed class MeetingLifeTests : OneNode
{
    private readonly ManualTime _time = new();

    protected override SimulatedPoolOptions Options => new() { Nodes = 1, Time = _time, Expiry = MeetingExpiry.OfBigBlueButton };

    [Fact]
    public void A_meeting_that_nobody_joins_ends_after_five_minutes()
    {
        Node.StartMeeting("abc");
        After(TimeSpan.FromMinutes(4.9));
        Assert.Single(Node.Meetings);
        After(TimeSpan.FromMinutes(0.2));
        Assert.Equal(EndReason.NobodyJoined, Node.Ended.Single().Reason);
    }

    [Fact]
    public void A_meeting_ends_a_minute_after_the_last_user_left()
    {
        Node.StartMeeting("abc");
        Node.AddUsers("abc", 2);
        After(TimeSpan.FromHours(2));
        Assert.Equal(2, Node.RemoveUsers("abc", 5));
        After(TimeSpan.FromSeconds(59));
        Assert.True(Node.Meeting("abc")!.HasUserJoined);
        After(TimeSpan.FromSeconds(2));
        Assert.Equal(EndReason.LastUserLeft, Node.Ended.Single().Reason);
    }

    [Fact]
    public async Task A_create_may_set_its_own_expiry_and_duration()
    {
        await Bbb.XmlAsync("create", "meetingID=long&name=Room&meetingExpireIfNoUserJoinedInMinutes=60&duration=90");
        Node.StartMeeting("abc");
        After(TimeSpan.FromMinutes(6));
        Assert.Equal("long", Node.Meetings.Single().MeetingID);
        Node.AddUsers("long", 1);
        After(TimeSpan.FromMinutes(85));
        Assert.Equal((EndReason.DurationOver, 1), (Node.Ended[1].Reason, Node.Ended[1].Users));
    }

    [Fact]
    public async Task A_node_that_is_away_goes_on_with_its_life()
    {
        Node.StartMeeting("abc");
        Node.Partition();
        After(TimeSpan.FromMinutes(6));
        Node.Recover();
        Assert.Equal("noMeetings", (await Bbb.XmlAsync("getMeetings")).Key());
    }

    [Fact]
    public async Task The_end_is_told_to_the_urls_that_the_create_named()
    {
        var told = new TaskCompletionSource<string>();
        var ended = new TaskCompletionSource<string>();
        using var listener = new HttpListener();
        var prefix = $"http://127.0.0.1:{FreePort()}/";
        listener.Prefixes.Add(prefix);
        listener.Start();
        var serving = Serve();

        await Bbb.XmlAsync("create", $"meetingID=a%20b&name=Room&meta_endCallbackUrl={Uri.EscapeDataString(prefix + "told?x=1")}&meetingEndedURL={Uri.EscapeDataString(prefix + "ended")}");
        await Bbb.XmlAsync("end", "meetingID=a%20b");
        Assert.Equal("/told?x=1&recordingmarks=false&meetingID=a%20b", await told.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("/ended", await ended.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        await serving;

        async Task Serve()
        {
            for (var i = 0; i < 2; i++)
            {
                var context = await listener.GetContextAsync();
                context.Response.Close();
                (context.Request.Url!.AbsolutePath == "/told" ? told : ended).SetResult(context.Request.RawUrl!);
            }
        }
    }

    [Fact]
    public async Task Users_come_and_go_by_themselves_the_same_way_for_the_same_seed()
    {
        var one = await School();
        Assert.Equal(one, await School());
        Assert.True(one[^1].Users > 0);
        Assert.True(one.Select(m => m.VideoUsers).Distinct().Count() > 1);

        static async Task<List<(int Users, int VideoUsers)>> School()
        {
            await using var pool = await SimulatedPool.StartAsync(new() { Nodes = 1, Time = new ManualTime(), Users = new UserBehaviour { Seed = 7 } });
            pool.Nodes[0].StartMeeting("abc");
            var seen = new List<(int Users, int VideoUsers)>();
            for (var i = 0; i < 200; i++)
            {
                pool.Tick();
                var meeting = pool.Nodes[0].Meeting("abc")!;
                seen.Add((meeting.Users, meeting.VideoUsers));
            }

            return seen;
        }
    }

    private void After(TimeSpan time)
    {
        _time.Advance(time);
        Pool.Tick();
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
