using System.Globalization;
using Scalelite.Domain.Imbalance;

namespace Scalelite.Api.CommandLine.Imbalance;

/// <summary>A bad moment as a person understands it.</summary>
/// <param name="When"><c>08:00:12–08:00:45</c>, with the day where the range is longer than one.</param>
/// <param name="What"><c>41 creates within 33 s, polls up to 58 s old; 17 of them on node-3</c>.</param>
/// <param name="Why">The reasons, each in a phrase; empty where the events show none.</param>
internal sealed record MomentText(string When, string What, IReadOnlyList<string> Why)
{
    /// <summary>All in one line.</summary>
    public string Line => $"{When}: {What}. {(Why.Count == 0 ? "No event shows why" : "Because " + string.Join("; ", Why))}";
}

/// <summary>Puts bad moments into words.</summary>
internal static class MomentWords
{
    private const int ServersNamed = 3;

    public static MomentText Of(ImbalanceMoment moment, MeasuredHistory history)
    {
        var name = Listing.Printable(history.NameOf(moment.ServerId));
        return new MomentText(WhenOf(moment, history.Report.Range), WhatOf(moment, name), WhyOf(moment, name, history));
    }

    private static string WhenOf(ImbalanceMoment moment, ImbalanceRange range)
    {
        // The seconds of the creates say more than the minutes that their load was seen in after.
        var (from, to) = moment.Pile is { } pile ? (pile.From, pile.To) : (moment.From, moment.To);
        var withDay = range.From.UtcDateTime.Date != range.To.AddTicks(-1).UtcDateTime.Date;
        var begin = Time(from, withDay);
        return Time(from, false) == Time(to, false) && to - from < TimeSpan.FromMinutes(1)
            ? begin
            : $"{begin}–{Time(to, withDay && from.UtcDateTime.Date != to.UtcDateTime.Date)}";
    }

    private static string WhatOf(ImbalanceMoment moment, string name)
    {
        var peak = moment.Peak is { } high
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"a load of {high.Load:0.#} at {high.At.UtcDateTime:HH:mm}, where the mean{(moment.Servers > 0 ? $" of {moment.Servers} servers" : "")} was {high.Mean:0.#}")
            : null;
        if (moment.Pile is not { } pile) return $"{name} had {peak}";
        var seconds = Math.Max(1, Math.Ceiling((pile.To - pile.From).TotalSeconds));
        var polls = pile.OldestPollSeconds is { } age ? $", polls up to {MeasureLines.Seconds(age)} old" : "";
        var onto = pile.Onto == pile.Placements ? $"all of them on {name}" : $"{MeasureLines.Number(pile.Onto)} of them on {name}";
        return string.Create(CultureInfo.InvariantCulture, $"{pile.Placements} creates within {seconds:0} s{polls}; {onto}")
            + (peak is null ? "" : $", which had {peak}");
    }

    private static string[] WhyOf(ImbalanceMoment moment, string name, MeasuredHistory history) => [.. moment.Reasons.Select(reason => reason switch
    {
        MomentReason.NodeReturning =>
            $"{name} had {(moment.Return!.Value.Kind == PoolChangeKind.Enabled ? "been enabled" : "come online")} at {Time(moment.Return.Value.At, false)}, and with little load gets what comes",
        MomentReason.TagShortage => Shortage(moment.Pile!, moment.Servers),
        MomentReason.FewServers => Few(moment, history),
        MomentReason.StalePoll => $"the polls were old: up to {MeasureLines.Seconds(moment.Pile!.OldestPollSeconds)}",
        MomentReason.Burst => "it was a burst, four times the creates of the hour before or more",
        MomentReason.MeetingsGrew => history.LargestMeetings.GetValueOrDefault(moment) is { } largest
            ? $"meetings on it grew, no placement did it; the largest was {Listing.Printable(largest.MeetingId)} with up to {MeasureLines.Number(largest.PeakUsers)} users"
            : "meetings on it grew, no placement did it",
        _ => throw new ArgumentOutOfRangeException(nameof(moment), reason, null),
    })];

    private static string Shortage(PlacementPile pile, int servers) => string.Create(
        CultureInfo.InvariantCulture,
        $"tags left few servers to choose from: {pile.Candidates} of {servers}{(pile.Tag is { } tag ? $" for the tag {Listing.Printable(tag)}" : ", as others have tags that nobody asked for")}");

    private static string Few(ImbalanceMoment moment, MeasuredHistory history)
    {
        var shown = moment.MissingServers.Take(ServersNamed).Select(gone => $"{Listing.Printable(history.NameOf(gone.ServerId))} {Left(gone.Kind)} at {Time(gone.At, false)}");
        var more = moment.Missing - Math.Min(ServersNamed, moment.MissingServers.Count);
        return string.Create(CultureInfo.InvariantCulture, $"few servers were left, {moment.Missing} had gone within a day: {string.Join(", ", shown)}{(more > 0 ? $" and {more} more" : "")}");
    }

    private static string Left(PoolChangeKind kind) => kind switch
    {
        PoolChangeKind.Cordoned => "cordoned",
        PoolChangeKind.Disabled => "disabled",
        PoolChangeKind.Suspected => "suspect",
        _ => "offline",
    };

    private static string Time(DateTimeOffset at, bool withDay) =>
        at.UtcDateTime.ToString(withDay ? "yyyy-MM-dd HH:mm:ss" : "HH:mm:ss", CultureInfo.InvariantCulture);
}
