using Microsoft.AspNetCore.Http.Features;
using Scalelite.Api.Callbacks;
using Scalelite.Api.Hooks;
using Scalelite.Api.Meetings;
using Scalelite.Api.Nodes;
using Scalelite.Api.Recordings;
using Scalelite.Api.Servers;
using Scalelite.Api.Tenants;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Domain.Parameters;
using Scalelite.Projections.Meetings;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Meetings;
using Scalelite.Workers.Placement;
using ParameterSettings = Scalelite.Domain.Parameters.ParameterSettings;

namespace Scalelite.Api.Calls;

/// <summary>Puts the BBB API into a host.</summary>
internal static class BbbApiSetup
{
    private const CallMethods Forms = CallMethods.Get | CallMethods.Post;

    /// <summary>Adds the calls and what they need beside the workers' services.</summary>
    public static IServiceCollection AddBbbApi(this IServiceCollection services, Settings settings)
    {
        var algorithm = settings.Security.OutgoingAlgorithm;
        services.AddSingleton(new BbbApiOptions(settings.Security.AllowedAlgorithms, settings.Meetings.BuildNumber));
        services.AddSingleton(new GetMeetingsOptions(settings.Meetings.GetMeetingsDisabled));
        services.AddSingleton(new JoinOptions(
            new ParameterSettings(Of(settings.Parameters.DefaultJoin), Of(settings.Parameters.OverrideJoin), settings.Parameters.JoinExclude), algorithm));
        services.AddSingleton(new CreateOptions(
            settings.Placement.CreateDeadline,
            new ParameterSettings(Of(settings.Parameters.DefaultCreate), Of(settings.Parameters.OverrideCreate), settings.Parameters.CreateExclude),
            (int)(settings.Meetings.MaximumDuration?.TotalMinutes ?? 0),
            settings.VoiceBridges.UsesExternal,
            settings.Http));
        services.AddSingleton<AnalyticsCall>();
        services.AddSingleton<EndCallback>();
        services.AddSingleton<HookReceiver>();
        services.AddSingleton<IBbbCall, CreateHookCall>();
        services.AddSingleton<IBbbCall, ListHooksCall>();
        services.AddSingleton<IBbbCall, DestroyHookCall>();
        services.AddHosted<EndRelay>();
        services.AddSingleton(settings.Nodes);
        services.AddSingleton(PlacerOptions.From(settings));

        services.AddSingleton<MeetingRuns>();
        services.AddSingleton<LastSeenMeetings>();
        services.AddSingleton<LocationCache>();
        services.AddSingleton<ServerDirectory>();
        services.AddSingleton<TenantDirectory>();
        services.AddSingleton<MeetingNodes>();
        services.AddSingleton<PlacingMeetings>();
        services.AddHosted<ServersSeen>();
        services.AddHosted<StartedMeetings>();
        services.AddHosted<Placer>();

        services.AddSingleton<IBbbCall, CreateCall>();
        services.AddSingleton<IBbbCall, JoinCall>();
        services.AddSingleton<IBbbCall, EndCall>();
        services.AddSingleton<IBbbCall, IsMeetingRunningCall>();
        services.AddSingleton<IBbbCall, GetMeetingsCall>();
        services.AddSingleton<IBbbCall, GetSessionsCall>();
        services.AddForwarded("getMeetingInfo", Forms, BbbErrors.MeetingNotFoundScalelite, BbbErrors.MeetingUnreachable);
        services.AddForwarded("insertDocument", CallMethods.PostXml, BbbErrors.MeetingNotFoundScalelite, BbbErrors.DocumentNotInserted);
        services.AddForwarded("sendChatMessage", CallMethods.Get, BbbErrors.ChatMeetingNotFound, BbbErrors.MeetingUnreachable);
        services.AddRecordingCalls(settings);
        services.AddSingleton<BbbApi>();
        return services;
    }

    /// <summary>Answers below <c>/bigbluebutton/api</c>; bodies there are streamed and of any size.</summary>
    public static void MapBbbApi(this WebApplication app)
    {
        var api = app.Services.GetRequiredService<BbbApi>();
        RequestDelegate answer = http =>
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = null;
            }

            if (http.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
            {
                rate.MinDataRate = null;
            }

            return api.AnswerAsync(http);
        };
        app.MapPost(AnalyticsCall.Path, app.Services.GetRequiredService<AnalyticsCall>().AnswerAsync);
        app.MapGet(EndCallback.Route, app.Services.GetRequiredService<EndCallback>().AnswerAsync);
        app.MapPost(HookReceiver.Route, app.Services.GetRequiredService<HookReceiver>().AnswerAsync);
        app.Map(BbbApi.Path, answer);
        app.Map(BbbApi.Path + "/{**call}", answer);
    }

    private static void AddHosted<T>(this IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }

    private static void AddForwarded(this IServiceCollection services, string name, CallMethods methods, BbbError unknown, BbbError unreachable) =>
        services.AddSingleton<IBbbCall>(provider => new ForwardedCall(
            name, methods, unknown, unreachable, provider.GetRequiredService<LocationCache>(), provider.GetRequiredService<MeetingNodes>()));

    private static Parameter[] Of(IReadOnlyList<KeyValuePair<string, string>> parameters) => [.. parameters.Select(p => new Parameter(p.Key, p.Value))];
}
