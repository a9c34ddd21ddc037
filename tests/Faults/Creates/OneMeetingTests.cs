using System.Xml.Linq;

namespace Scalelite.Faults.Creates;

/// <summary>One meetingID, however many ask for it at once, on whichever process.</summary>
public sealed class OneMeetingTests : IAsyncLifetime
{
    private Pool pool = null!;

    public async Task InitializeAsync() => pool = await Pool.StartAsync(new PoolPlan { Nodes = 4, Instances = 3 });

    public async Task DisposeAsync() => await pool.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_meeting_is_created_once_however_many_ask_at_once_on_three_instances(bool withPasswords)
    {
        var id = $"asked-by-many-{withPasswords}";
        (string, string)[] passwords = withPasswords ? [("attendeePW", "ap"), ("moderatorPW", "mp")] : [];
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => pool.Processes[i % 3].Lms.CreateAsync(id, passwords)));

        Assert.All(answers, answer => answer.ShouldSucceed());
        Assert.Single(answers, answer => answer.Key() != "duplicateWarning");
        Assert.Single(Distinct(answers, "internalMeetingID"));
        Assert.Single(Distinct(answers, "createTime"));
        var password = Assert.Single(Distinct(answers, "moderatorPW"));
        if (withPasswords) Assert.Equal("mp", password);

        var node = Assert.Single(pool.Simulated.Nodes, n => n.Meeting(id) is not null);
        Assert.Equal(node.Meeting(id)!.InternalMeetingID, Distinct(answers, "internalMeetingID").Single());
        foreach (var process in pool.Processes) Assert.True((await process.Lms.JoinAsync(id)).LeadsTo(node));
    }

    private static HashSet<string> Distinct(IEnumerable<XElement> answers, string name) => [.. answers.Select(answer => answer.Of(name))];
}
