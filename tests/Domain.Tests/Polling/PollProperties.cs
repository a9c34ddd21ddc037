using FsCheck;
using FsCheck.Fluent;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Polling;
using Scalelite.Domain.Servers;
using Xunit;
using static Scalelite.Domain.Polling.PollConsequence;

namespace Scalelite.Domain.Tests.Polling;

/// <summary>Whatever a node answers and whatever we know: nothing with people in it ends on suspicion.</summary>
public sealed class PollProperties
{
    private const string Here = "node-1";
    private static readonly DateTimeOffset Began = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] Ids = ["m0", "m1", "m2", "m3"];
    private static readonly Guid[] Runs = [.. Ids.Select((_, i) => new Guid(i + 1, 0, 0, new byte[8]))];
    private static readonly Guid[] CopyRuns = [.. Ids.Select((_, i) => new Guid(i + 100, 0, 0, new byte[8]))];

    private sealed record World(PolledServer Server, FoundMeeting[] Answer, PollKnowledge Knowledge, PollSettings Settings);

    private static readonly Gen<FoundMeeting?[]> Answers = Each(i =>
        from there in Gen.Choose(0, 3)
        from run in Gen.Choose(1, 2)
        from users in Gen.Choose(0, 2)
        select there == 0 ? null : PollTests.Found(Ids[i], $"int-{run}-{i}", users));

    private static readonly Gen<KnownLocation?[]> Locations = Each(i =>
        from there in Gen.Choose(0, 2)
        from server in Gen.Elements(Here, "node-2")
        from placing in Gen.Elements(true, false)
        from seconds in Gen.Choose(-2, 2)
        select there == 0
            ? null
            : new KnownLocation(
                "", Ids[i], Runs[i], server, placing ? null : $"int-1-{i}", placing ? MeetingPhase.Placing : MeetingPhase.Live, Began.AddSeconds(seconds)));

    private static readonly Gen<WatchedCopy?[]> Copies = Each(i =>
        from there in Gen.Choose(0, 2)
        from known in Gen.Elements(true, false)
        from reason in Gen.Elements(Enum.GetValues<CopyReason>())
        from minutes in Gen.Choose(0, 10)
        from users in Gen.Elements<int?>(null, 0, 3)
        from same in Gen.Elements(true, false)
        select there != 0
            ? null
            : new WatchedCopy(same ? Runs[i] : CopyRuns[i], "", Ids[i], known ? $"int-2-{i}" : null, reason, Began.AddMinutes(-minutes), users));

    private static readonly Gen<World> Worlds =
        from answer in Answers
        from before in Locations
        from after in Locations
        from copies in Copies
        from missing in Gen.SubListOf(Runs.Concat(CopyRuns))
        from state in Gen.Elements(Enum.GetValues<AdministrativeState>())
        from health in Gen.Elements(Enum.GetValues<Health>())
        select new World(
            new PolledServer(Here, state, health, 1, 0, missing.ToHashSet()),
            [.. answer.OfType<FoundMeeting>()],
            new PollKnowledge(
                [.. before.OfType<KnownLocation>().Where(l => l.ServerId == Here)],
                [.. after.OfType<KnownLocation>()],
                [.. copies.OfType<WatchedCopy>()],
                [],
                new Dictionary<Guid, long>()),
            new PollSettings(TimeSpan.FromSeconds(60)));

    [Fact]
    public void Only_what_two_answers_in_a_row_missed_is_over_and_only_here() => Check((world, consequences) => consequences.All(c => c switch
    {
        EndMeeting end => IsMissedTwice(world, end.Instance) && IsHere(world, end.Instance, MeetingPhase.Live),
        AbandonPlacement abandon => IsMissedTwice(world, abandon.Instance) && IsHere(world, abandon.Instance, MeetingPhase.Placing),
        CopyGone gone => world.Server.Missing.Contains(gone.Instance),
        _ => true,
    }));

    [Fact]
    public void No_end_is_sent_to_a_meeting_with_users_or_to_one_that_is_located_here() => Check((world, consequences) =>
        consequences.OfType<EndCopy>().All(end =>
            world.Answer.Any(m => m.InternalMeetingId == end.InternalMeetingId && m.Users == 0)
            && world.Knowledge.Copies.Any(copy => copy.Instance == end.Instance && copy.MeetingId == end.MeetingId)
            && !world.Knowledge.Locations.Any(l => l.ServerId == Here && l.MeetingId == end.MeetingId)));

    [Fact]
    public void Nothing_is_adopted_or_moved_to_where_its_id_has_a_location_already() => Check((world, consequences) =>
        consequences.All(c => c switch
        {
            AdoptMeeting adopt => !world.Knowledge.Locations.Any(l => l.MeetingId == adopt.Meeting.MeetingId),
            MoveBack back => world.Knowledge.Locations.Any(l => l.Instance == back.Instance && l.ServerId == back.FromServerId && l.ServerId != Here),
            _ => true,
        }));

    [Fact]
    public void A_meeting_in_an_answer_has_at_most_one_consequence() => Check((world, consequences) => consequences
        .Select(c => c switch
        {
            EndCopy end => end.MeetingId,
            AdoptMeeting adopt => adopt.Meeting.MeetingId,
            SecondCopySeen second => second.Meeting.MeetingId,
            StartedSeen started => started.Meeting.MeetingId,
            _ => null,
        })
        .OfType<string>()
        .GroupBy(id => id)
        .All(group => group.Count() == 1));

    private static bool IsMissedTwice(World world, Guid run) => world.Server.Missing.Contains(run)
        && !world.Answer.Any(m => world.Knowledge.Expected.Any(e =>
            e.Instance == run && e.MeetingId == m.MeetingId && (e.InternalMeetingId ?? m.InternalMeetingId) == m.InternalMeetingId));

    private static bool IsHere(World world, Guid run, MeetingPhase phase) =>
        world.Knowledge.Locations.Any(l => l.Instance == run && l.ServerId == Here && l.Phase == phase);

    private static void Check(Func<World, IReadOnlyList<PollConsequence>, bool> holds) => Prop.ForAll(
        Worlds.ToArbitrary(),
        world => holds(
            world,
            PollDecision.Succeeded(world.Server, new PollTiming(7, Began, Began.AddSeconds(1)), world.Answer, world.Knowledge, world.Settings).Consequences))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static Gen<T[]> Each<T>(Func<int, Gen<T>> of) => Gen.CollectToArray(Enumerable.Range(0, Ids.Length), of);
}
