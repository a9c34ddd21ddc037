using System.Text.RegularExpressions;
using Scalelite.Domain.Imbalance;

namespace Scalelite.Api.CommandLine.Imbalance;

/// <summary>What was measured, with what a person calls its servers and meetings.</summary>
/// <param name="Hosts">By id.</param>
/// <param name="LargestMeetings">For a moment whose reason is that meetings grew: the largest that was there.</param>
internal sealed partial record MeasuredHistory(
    ImbalanceQuestion Question,
    ImbalanceReport Report,
    IReadOnlyDictionary<string, string> Hosts,
    IReadOnlyDictionary<ImbalanceMoment, LargestMeeting> LargestMeetings)
{
    /// <summary>What a person calls a server: its host, or its id where that says more.</summary>
    public string NameOf(string serverId) => Hosts.GetValueOrDefault(serverId, serverId);

    /// <summary>What servers are ordered by: their names, with numbers as numbers, so that <c>node-10</c> comes after <c>node-9</c>.</summary>
    public string PlaceOf(string serverId) => Digits().Replace(NameOf(serverId).ToLowerInvariant(), number => number.Value.PadLeft(20, '0'));

    /// <summary>Nothing was seen in that time: no server took meetings and none was placed.</summary>
    public bool IsEmpty => Report.Overall is { Servers: null or 0, Placements: 0 };

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
