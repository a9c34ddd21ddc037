using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Scalelite.Projections.AdminTokens;
using Scalelite.Projections.Meetings;
using Scalelite.Projections.Recordings;
using Scalelite.Projections.Servers;
using Scalelite.Projections.Tenants;
using Scalelite.Workers.AdminTokens;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.DeadLetters;
using Scalelite.Workers.History;
using Scalelite.Workers.Hooks;
using Scalelite.Workers.Imports;
using Scalelite.Workers.Joins;
using Scalelite.Workers.Keeping;
using Scalelite.Workers.Nodes;
using Scalelite.Workers.Polling;
using Scalelite.Workers.Recordings;
using Scalelite.Workers.Recordings.TextTracks;
using Scalelite.Workers.Sealing;
using Scalelite.Workers.Servers;
using Scalelite.Workers.Tenants;
using Scalelite.Workers.WhatIf;

namespace Scalelite.Workers;

/// <summary>Puts what the handlers of this room use into a container.</summary>
public static class WorkersSetup
{
    /// <summary>
    /// Adds the services of polling and joins. There must be: <c>Settings</c>, an <c>NpgsqlDataSource</c>, a <c>SecretVault</c>, a
    /// <c>NodeApi</c>, an <see cref="IDocumentStore"/> and an <see cref="IMessageBus"/>. The bus must handle more messages at a time than
    /// <c>Settings.Polling.InFlight</c>: see <see cref="MessagesInFlight"/>.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="handlesMessages">Whether this process wakes overdue polls up; joins are counted and written in any case.</param>
    public static IServiceCollection AddWorkers(this IServiceCollection services, bool handlesMessages)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ServerPool>();
        services.TryAddSingleton<MeetingLocations>();
        services.TryAddSingleton<TenantList>();
        services.TryAddSingleton<TenantMeetings>();
        services.AddSingleton<TenantSecrets>();
        services.TryAddSingleton<InternalMeetings>();
        services.TryAddSingleton<MeetingRuns>();
        services.AddSingleton<LrsTokens>();
        services.TryAddSingleton<PoolHistory>();
        services.TryAddSingleton<PastHappenings>();
        services.AddSingleton<TextTrackFiles>();
        services.AddSingleton<NodeSecrets>();
        services.AddSingleton<ProbeMeetings>();
        services.TryAddSingleton<AwaitedArchives>();
        services.AddSingleton<ServerChecks>();
        services.TryAddSingleton<AdminTokenList>();
        services.AddSingleton<AdminTokenOperations>();
        services.AddSingleton<DeadLetterOperations>();
        services.AddCallbacks(handlesMessages).AddHooks(handlesMessages);
        services.AddSingleton<PlacementChange>();
        services.AddSingleton<PollLedger>();
        services.AddSingleton<NodePolls>();
        services.AddSingleton<PollRound>();
        services.AddSingleton<JoinCounter>();
        services.AddHostedService<JoinFlush>();
        services.AddRecordingFiles(handlesMessages);
        services.AddImports(handlesMessages).AddKeeping(handlesMessages).AddSealing(handlesMessages);
        if (handlesMessages) services.AddHostedService<OverduePolls>().AddHostedService<PoolCheckpointing>();
        return services;
    }

    /// <summary>What the bus must be allowed to handle at a time, so that polls of hanging nodes leave room for all else.</summary>
    public static int MessagesInFlight(int pollsInFlight) => (2 * pollsInFlight) + 64;
}
