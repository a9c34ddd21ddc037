using System.CommandLine;
using System.Globalization;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Placement;
using Scalelite.Domain.WhatIf;
using Scalelite.Domain.WhatIf.Scenarios;

namespace Scalelite.Api.CommandLine.WhatIf;

/// <summary>The options of <c>scalelite whatif</c>.</summary>
internal sealed class WhatIfOptions
{
    public Option<string> Policy { get; } = new("--policy")
    {
        Description = $"Place by this policy: {string.Join(", ", PlacementPolicies.Names)}; without, by the one that is set",
        HelpName = "P",
    };

    public Option<string[]> Set { get; } = new("--set")
    {
        Description = $"With another setting: {string.Join(", ", WhatIfSetting.All.Select(one => one.Setting.Name))}",
        HelpName = "NAME=VALUE",
        DefaultValueFactory = _ => [],
    };

    public Option<string> PollInterval { get; } = new("--poll-interval")
    {
        Description = "As if servers had been polled so often: 10s, 1m",
        HelpName = "TIME",
    };

    public Option<string[]> Without { get; } = new("--without")
    {
        Description = "As if this server had not been there: its id, URL or host",
        HelpName = "SERVER",
        DefaultValueFactory = _ => [],
    };

    public Option<string[]> AddServer { get; } = new("--add-server")
    {
        Description = "As if this server had been there besides, enabled and online",
        HelpName = "NAME[:multiplier[:tag]]",
        DefaultValueFactory = _ => [],
    };

    public Option<Moment> From { get; } = TimeOption.Create("--from", "Where it begins; a day ago without");

    public Option<Moment> To { get; } = TimeOption.Create("--to", "Where it ends; now without");

    public Option<long> Seed { get; } = new("--seed") { Description = "Where chance is involved", HelpName = "N", DefaultValueFactory = _ => 1 };

    public Option<string> Scenario { get; } = new("--scenario")
    {
        Description = $"On a day or week that never was, without a database: {string.Join(", ", Domain.WhatIf.Scenarios.Scenario.Names)}",
        HelpName = "NAME",
    };

    public Option<int> Servers { get; } = new("--servers") { Description = "Servers of the scenario", HelpName = "N", DefaultValueFactory = _ => 20 };

    public Option<double> Scale { get; } = new("--scale") { Description = "So many times as many meetings in the scenario", HelpName = "X", DefaultValueFactory = _ => 1 };

    public Option<int> Days { get; } = new("--days") { Description = "The scenario for so many days", HelpName = "N" };

    public Option<bool> Json { get; } = CommonOptions.Json();

    public Option<bool> Markdown { get; } = new("--markdown") { Description = "Print the comparison as a Markdown table" };

    public Option<string> Svg { get; } = new("--svg") { Description = "Draw the busiest server and the mean of all over time, as a picture, into a file", HelpName = "FILE" };

    public Command ToCommand()
    {
        var command = new Command("whatif", "Place the meetings of the past, or of a scenario, again in another way, and compare")
        {
            Policy, Set, PollInterval, Without, AddServer, From, To, Seed, Scenario, Servers, Scale, Days, Json, Markdown, Svg,
        };
        Servers.Validators.Add(CommonOptions.Between(Servers, 1, 10_000));
        Days.Validators.Add(CommonOptions.Between(Days, 1, 3660));
        Scale.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValue(Scale) is not (> 0 and <= 1000)) result.AddError("--scale is more than 0 and at most 1000");
        });
        command.Validators.Add(result =>
        {
            var ofHistory = new Option[] { From, To, Without, AddServer }.Where(option => result.GetResult(option) is { Implicit: false }).ToList();
            var ofScenario = new Option[] { Servers, Scale, Days }.Where(option => result.GetResult(option) is { Implicit: false }).ToList();
            if (result.GetValue(Scenario) is not null && ofHistory.Count > 0) result.AddError($"{ofHistory[0].Name} is about the history, not about a scenario");
            if (result.GetValue(Scenario) is null && ofScenario.Count > 0) result.AddError($"{ofScenario[0].Name} is about a scenario; give --scenario too");
            if (result.GetValue(Json) && result.GetValue(Markdown)) result.AddError("Of --json and --markdown only one can be given");
        });
        return command;
    }

    /// <summary>The side with what <c>--policy</c>, <c>--set</c> and <c>--poll-interval</c> say.</summary>
    /// <returns>Why not, or null.</returns>
    public string? TryChange(CommandScope scope, ref Side side)
    {
        foreach (var assignment in scope.Get(Set) ?? [])
            if (WhatIfSetting.TrySet(assignment, ref side) is { } why) return why;
        if (scope.Get(PollInterval) is { } interval && TrySetInterval(interval, ref side) is { } wrong) return wrong;
        if (scope.Get(Policy) is not { } policy) return null;
        if (PlacementPolicies.ByName(policy) is not { } known)
            return $"There is no policy '{Listing.Printable(policy)}': it is one of {string.Join(", ", PlacementPolicies.Names)}";
        side = side with { Policy = known };
        return null;
    }

    /// <summary>The server that <c>NAME[:multiplier[:tag]]</c> says.</summary>
    /// <returns>Why not, or null.</returns>
    public static string? TryReadServer(string text, out AddedServer server)
    {
        var parts = text.Split(':', 3);
        var multiplier = 1m;
        server = new AddedServer(parts[0], 1, parts.Length > 2 && parts[2].Length > 0 ? parts[2] : null);
        if (parts[0].Trim().Length == 0
            || (parts.Length > 1 && parts[1].Length > 0
                && (!decimal.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out multiplier) || multiplier <= 0))
            || (server.Tag is { } tag && !TagRequest.IsServerTag(tag)))
        {
            return $"--add-server takes NAME[:multiplier[:tag]], such as big-1:0.5:music, not '{Listing.Printable(text)}'";
        }

        server = server with { LoadMultiplier = multiplier };
        return null;
    }

    private static string? TrySetInterval(string text, ref Side side)
    {
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
        var number = unit == 0 ? text : text[..^1];
        if (double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var given)
            && PollingConfiguration.Interval.Parse((given * Math.Max(1, unit)).ToString(CultureInfo.InvariantCulture)) is { Succeeded: true, Value: var interval })
        {
            side = side with { PollInterval = interval };
            return null;
        }

        return $"--poll-interval takes a time from 0.1s to 24h, such as 10s or 1m, not '{Listing.Printable(text)}'";
    }
}
