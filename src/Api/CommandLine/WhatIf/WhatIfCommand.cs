using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Imbalance;
using Scalelite.Domain.Placement;
using Scalelite.Domain.WhatIf;
using Scalelite.Domain.WhatIf.Scenarios;
using Scalelite.Workers.WhatIf;

namespace Scalelite.Api.CommandLine.WhatIf;

/// <summary><c>scalelite whatif</c>: the same meetings, placed in another way.</summary>
internal static class WhatIfCommand
{
    /// <summary>As it was, in a history.</summary>
    public const string AsItWas = "as it was";

    private const string AsItWouldBe = "as it would be";

    // Meetings that were live when the time begins were placed within the day before.
    private static readonly TimeSpan Before = TimeSpan.FromDays(1);

    private static readonly TimeSpan ScalelitesInterval = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var options = new WhatIfOptions();
        var command = options.ToCommand().Runs(Needs.Database, (scope, cancellation) => OnHistoryAsync(scope, options, cancellation));
        var onHistory = (AsynchronousCommandLineAction)command.Action!;
        // A scenario needs no database, and so no host.
        command.SetAction((arguments, cancellation) => arguments.GetValue(options.Scenario) is null
            ? onHistory.InvokeAsync(arguments, cancellation)
            : arguments.WithSettingsAsync(Needs.Nothing, async (settings, _) =>
            {
                await using var none = new ServiceCollection().BuildServiceProvider();
                return await OnScenarioAsync(new CommandScope(arguments, settings, none), options, cancellation);
            }));
        return command;
    }

    private static async Task<int> OnHistoryAsync(CommandScope scope, WhatIfOptions options, CancellationToken cancellation)
    {
        var now = scope.Get<TimeProvider>().GetUtcNow();
        var (from, to) = (scope.Get(options.From)?.At(now) ?? now.AddDays(-1), scope.Get(options.To)?.At(now) ?? now);
        if (ImbalanceRange.WhyNot(from, to, TimeSpan.FromMinutes(1)) is { } notMeasurable) return scope.Refuse(notMeasurable);

        var past = scope.Get<PastHappenings>();
        var side = WhatIfSetting.From(scope.Settings, AsItWouldBe) with { ModeratorShare = await past.ReadModeratorShareAsync(cancellation) };
        var was = side with { Name = AsItWas, Policy = null };
        if (options.TryChange(scope, ref side) is { } why) return scope.Refuse(why);
        var urls = await past.ReadServerIdsAsync(cancellation);
        if (TryChangePool(scope, options, urls, ref side) is { } notThere) return scope.Refuse(notThere);

        var begin = from - Before;
        var comparison = new Comparison([was, side], new ImbalanceRange(from, to, TimeSpan.FromMinutes(1)), begin, Seed(scope, options));
        await foreach (var happening in past.ReadAsync(begin, to, was.PollInterval, cancellation)) comparison.Add(happening);
        return await WriteAsync(scope, options, new WhatIfResult(null, from, to, comparison.Report(), urls));
    }

    private static Task<int> OnScenarioAsync(CommandScope scope, WhatIfOptions options, CancellationToken cancellation)
    {
        var name = scope.Get(options.Scenario)!;
        int? days = scope.Get(options.Days) is var given and > 0 ? given : null;
        if (Scenario.Create(name, scope.Get(options.Servers), scope.Get(options.Scale), days, Seed(scope, options)) is not { } scenario)
            return Task.FromResult(scope.Refuse($"There is no scenario '{Listing.Printable(name)}': it is one of {string.Join(", ", Scenario.Names)}"));

        var side = WhatIfSetting.From(scope.Settings, "") with { Policy = null };
        if (options.TryChange(scope, ref side) is { } why) return Task.FromResult(scope.Refuse(why));
        var named = side.Policy is not null;
        List<Side> sides = [.. (named ? [side.Policy!.Name] : PlacementPolicies.Names)
            .Select(policy => side with { Name = policy, Policy = PlacementPolicies.ByName(policy) })];
        var scalelite = WhatIfSetting.From(new(), "Scalelite, polls every 60 s") with { Policy = PlacementPolicies.ByName("scalelite"), PollInterval = ScalelitesInterval };
        if (!named && !sides.Exists(other => IsSame(other, scalelite))) sides.Insert(0, scalelite);

        var comparison = new Comparison(
            sides, new ImbalanceRange(scenario.From, scenario.To, TimeSpan.FromMinutes(1)), scenario.From.UtcDateTime.Date, Seed(scope, options));
        foreach (var happening in scenario.Happenings)
        {
            cancellation.ThrowIfCancellationRequested();
            comparison.Add(happening);
        }

        return WriteAsync(scope, options, new WhatIfResult(scenario, scenario.From, scenario.To, comparison.Report(), new Dictionary<string, string>()));
    }

    private static bool IsSame(Side one, Side other) =>
        (one.Policy, one.PollInterval, one.MinimumUsers, one.JoinBuffer, one.UntaggedMayUseTagged, one.MoveAfter)
        == (other.Policy, other.PollInterval, other.MinimumUsers, other.JoinBuffer, other.UntaggedMayUseTagged, other.MoveAfter);

    private static async Task<int> WriteAsync(CommandScope scope, WhatIfOptions options, WhatIfResult result)
    {
        if (scope.Get(options.Svg) is { } file)
        {
            await using var picture = scope.CreateFile(file);
            await picture.WriteAsync(Encoding.UTF8.GetBytes(WhatIfPicture.Draw(result)));
        }

        if (scope.Get(options.Json)) return scope.WriteJson(WhatIfDocument.Of(result));
        await scope.Out.WriteAsync(scope.Get(options.Markdown) ? WhatIfTable.ToMarkdown(result) : WhatIfTable.ToText(result));
        return ExitCode.Done;
    }

    private static ulong Seed(CommandScope scope, WhatIfOptions options) => unchecked((ulong)scope.Get(options.Seed));

    private static string? TryChangePool(CommandScope scope, WhatIfOptions options, IReadOnlyDictionary<string, string> urls, ref Side side)
    {
        var without = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in scope.Get(options.Without) ?? [])
        {
            var named = urls.Where(server => server.Key == name || server.Value == name.TrimEnd('/') || new Uri(server.Value).Host == name).ToList();
            if (named.Count == 0) return $"There was no server '{Listing.Printable(name)}'";
            without.UnionWith(named.Select(server => server.Key));
        }

        var added = new List<AddedServer>();
        foreach (var text in scope.Get(options.AddServer) ?? [])
        {
            if (WhatIfOptions.TryReadServer(text, out var server) is { } why) return why;
            if (urls.ContainsKey(server.ServerId) || added.Exists(other => other.ServerId == server.ServerId))
                return $"There is a server '{Listing.Printable(server.ServerId)}' already";
            added.Add(server);
        }

        side = side with { Without = without, Added = added };
        return null;
    }
}

/// <summary>What was compared.</summary>
/// <param name="Scenario">Null for a history.</param>
/// <param name="Urls">The servers of the history.</param>
internal sealed record WhatIfResult(
    Scenario? Scenario, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<SideOutcome> Sides, IReadOnlyDictionary<string, string> Urls);
