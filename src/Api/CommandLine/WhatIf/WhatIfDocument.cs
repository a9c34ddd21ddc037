using Scalelite.Domain.Imbalance;
using Scalelite.Domain.WhatIf;

namespace Scalelite.Api.CommandLine.WhatIf;

/// <summary>A comparison as JSON.</summary>
internal sealed record WhatIfDocument(string? Scenario, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<WhatIfDocument.OneSide> Sides)
{
    public static WhatIfDocument Of(WhatIfResult result) =>
        new(result.Scenario?.Name, result.From, result.To, [.. result.Sides.Select(OneSide.Of)]);

    /// <summary>One side.</summary>
    /// <param name="Policy">Null: as it was.</param>
    internal sealed record OneSide(
        string Name,
        string? Policy,
        double PollIntervalSeconds,
        int LoadMinUserCount,
        double LoadJoinBufferMinutes,
        IReadOnlyList<string> Without,
        IReadOnlyList<string> Added,
        int WithoutServer,
        int LeftOut,
        double? HighestLoad,
        ImbalanceMeasures Measures,
        IReadOnlyList<ReturnedNode> Returned,
        IReadOnlyList<ServerUse> Servers)
    {
        public static OneSide Of(SideOutcome outcome) => new(
            outcome.Side.Name,
            outcome.Side.Policy?.Name,
            outcome.Side.PollInterval.TotalSeconds,
            outcome.Side.MinimumUsers,
            outcome.Side.JoinBuffer.TotalMinutes,
            [.. outcome.Side.Without.Order(StringComparer.Ordinal)],
            [.. outcome.Side.Added.Select(server => server.ServerId)],
            outcome.Refused,
            outcome.LeftOut,
            WhatIfTable.PeakLoad(outcome),
            outcome.Report.Overall,
            outcome.Returned,
            outcome.Report.Servers);
    }
}
