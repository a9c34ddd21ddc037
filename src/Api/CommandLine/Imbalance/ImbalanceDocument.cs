using Scalelite.Domain.Imbalance;

namespace Scalelite.Api.CommandLine.Imbalance;

/// <summary>What was measured, for a program: <c>--json</c> and the admin API answer the same.</summary>
/// <param name="BucketSeconds">Of the buckets that were made; more than asked for where those would have been too many.</param>
/// <param name="Tag">The tag that was asked for.</param>
internal sealed record ImbalanceDocument(
    DateTimeOffset From,
    DateTimeOffset To,
    double BucketSeconds,
    string? Tag,
    MeasuresDocument Overall,
    IReadOnlyList<BucketDocument> Buckets,
    IReadOnlyList<ServerUseDocument> Servers,
    IReadOnlyList<MomentDocument> Moments)
{
    public static ImbalanceDocument Of(MeasuredHistory history)
    {
        var report = history.Report;
        return new ImbalanceDocument(
            report.Range.From,
            report.Range.To,
            report.Range.Width.TotalSeconds,
            history.Question.Tag,
            MeasuresDocument.Of(report.Overall),
            [.. report.Buckets.Select(bucket => new BucketDocument(bucket.From, MeasuresDocument.Of(bucket.Measures)))],
            [.. report.Servers.Select(server => new ServerUseDocument(
                server.ServerId, history.NameOf(server.ServerId), Round(server.MeanLoad), Math.Round(server.PeakLoad, 2), server.Placements))],
            [.. report.Moments.Select(moment => MomentDocument.Of(moment, history))]);
    }

    internal static double? Round(double? value) => value is { } number ? Math.Round(number, 4) : null;
}

/// <summary>The measures of a bucket, or of all; what each is: <see cref="ImbalanceMeasures"/>.</summary>
internal sealed record MeasuresDocument(
    double? MaxToMean,
    double? Variation,
    double? Gini,
    double? BusiestShareOfLoad,
    string? Busiest,
    double? Load,
    double? Servers,
    long Placements,
    double? BusiestShareOfPlacements,
    string? MostPlacedOnto,
    long LongestRun,
    double? PollAgeP50,
    double? PollAgeP95,
    double? PollAgeMax)
{
    public static MeasuresDocument Of(ImbalanceMeasures measures) => new(
        ImbalanceDocument.Round(measures.MaxToMean),
        ImbalanceDocument.Round(measures.Variation),
        ImbalanceDocument.Round(measures.Gini),
        ImbalanceDocument.Round(measures.BusiestShareOfLoad),
        measures.Busiest,
        ImbalanceDocument.Round(measures.Load),
        ImbalanceDocument.Round(measures.Servers),
        measures.Placements,
        ImbalanceDocument.Round(measures.BusiestShareOfPlacements),
        measures.MostPlacedOnto,
        measures.LongestRun,
        measures.PollAge?.Median,
        measures.PollAge?.P95,
        measures.PollAge?.Max);
}

/// <summary>A bucket.</summary>
internal sealed record BucketDocument(DateTimeOffset From, MeasuresDocument Measures);

/// <summary>A server over the whole range.</summary>
/// <param name="Host">What people call it.</param>
internal sealed record ServerUseDocument(string ServerId, string Host, double? MeanLoad, double PeakLoad, long Placements);

/// <summary>A bad moment.</summary>
/// <param name="Excess">Users above an even share.</param>
/// <param name="Words">All of it in words.</param>
/// <param name="LargestMeeting">Where meetings grew.</param>
internal sealed record MomentDocument(
    DateTimeOffset From,
    DateTimeOffset To,
    string ServerId,
    double Excess,
    IReadOnlyList<MomentReason> Reasons,
    string Words,
    PileDocument? Placements,
    PeakDocument? Peak,
    DateTimeOffset? ReturnedAt,
    int MissingServers,
    string? LargestMeeting)
{
    public static MomentDocument Of(ImbalanceMoment moment, MeasuredHistory history) => new(
        moment.From,
        moment.To,
        moment.ServerId,
        Math.Round(moment.Excess, 1),
        moment.Reasons,
        MomentWords.Of(moment, history).Line,
        moment.Pile is { } pile ? new(pile.From, pile.To, pile.Placements, pile.Onto, pile.OldestPollSeconds, pile.Candidates, pile.Tag) : null,
        moment.Peak is { } peak ? new(peak.At, Math.Round(peak.Load, 2), Math.Round(peak.Mean, 2)) : null,
        moment.Return?.At,
        moment.Missing,
        history.LargestMeetings.GetValueOrDefault(moment)?.MeetingId);
}

/// <summary>The placements of the worst minute of a moment.</summary>
/// <param name="Count">Onto all servers.</param>
/// <param name="Onto">Onto this one.</param>
internal sealed record PileDocument(DateTimeOffset From, DateTimeOffset To, int Count, int Onto, double? OldestPollSeconds, int Candidates, string? Tag);

/// <summary>The sample where the server was the furthest above the mean.</summary>
internal sealed record PeakDocument(DateTimeOffset At, double Load, double Mean);
