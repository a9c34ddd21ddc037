using System.Data.Common;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Scalelite.Api.Hosting;
using Scalelite.Domain.DialIn;
using Scalelite.Projections.Meetings;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.DialIn;

/// <summary>
/// What stands at <c>/fsapi</c> for mod_xml_curl of a FreeSWITCH in front of the pool (<c>docs/dial-in.md</c>): asks a caller for the
/// number of a meeting, and leads the call to the meeting's node.
/// </summary>
internal sealed partial class DialInEndpoint(DialledMeetings meetings, DialInSettings settings, ILogger<DialInEndpoint> log)
{
    /// <summary>Where it is.</summary>
    public const string Path = "/fsapi";

    private const string User = "fsapi";

    // FreeSWITCH sends every variable of the channel.
    private const int LongestBody = 1024 * 1024;
    private static readonly FormOptions Form = new() { ValueCountLimit = 10_000, BufferBodyLengthLimit = LongestBody, ValueLengthLimit = LongestBody };

    /// <summary>Answers one question.</summary>
    /// <param name="tenantId">Only this tenant's meetings; null for all.</param>
    public async Task AnswerAsync(HttpContext http, string? tenantId)
    {
        if (!Knows(http.Request.Headers.Authorization))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"Scalelite\", charset=\"UTF-8\"";
            return;
        }

        byte[] plan;
        try
        {
            plan = await PlanAsync(http, tenantId);
        }
        catch (Exception wrong) when (wrong is InvalidDataException or BadHttpRequestException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            // FreeSWITCH takes anything but 200 for "nothing is here", and the caller hears that at once.
            Log.DatabaseAway(log, RequestId.Of(http), away.Message);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        http.Response.ContentType = "text/xml; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = plan.Length;
        await http.Response.Body.WriteAsync(plan, http.RequestAborted);
    }

    private async Task<byte[]> PlanAsync(HttpContext http, string? tenantId)
    {
        if (!http.Request.HasFormContentType) return Dialplan.NotFound;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = LongestBody;
        var form = await http.Request.ReadFormAsync(Form, http.RequestAborted);
        var request = RequestId.Of(http);
        if (form["section"] != "dialplan" || Dialplan.Expression(form["Caller-Destination-Number"]) is not { } dialled)
        {
            Log.Nothing(log, request);
            return Dialplan.NotFound;
        }

        // Set once the caller has keyed something in.
        var number = form["variable_pin"].ToString();
        if (number.Length == 0) return Dialplan.Prompt(dialled, settings);
        if (!IsNumber(number) || await meetings.FindAsync(tenantId, number, http.RequestAborted) is not { } meeting)
        {
            Log.NoMeeting(log, request);
            return Dialplan.PromptAgain(dialled, settings);
        }

        var caller = CallerName.Of(form["Caller-Caller-ID-Name"], Hides(form["Caller-Privacy-Hide-Name"]), Hides(form["Caller-Privacy-Hide-Number"]));
        Log.Bridged(log, meeting.Instance, meeting.ServerId, request);
        return Dialplan.Bridge(dialled, number, meeting, caller);
    }

    private static bool Hides(string? value) => string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);

    private static bool IsNumber(string text) => text.Length <= 20 && text.All(char.IsAsciiDigit);

    private bool Knows(string? authorization)
    {
        if (!AuthenticationHeaderValue.TryParse(authorization, out var header)
            || !"Basic".Equals(header.Scheme, StringComparison.OrdinalIgnoreCase)
            || header.Parameter is null)
        {
            return false;
        }

        var given = new byte[header.Parameter.Length];
        // Both are hashed, so that the time taken tells nothing of the password's length.
        return Convert.TryFromBase64String(header.Parameter, given, out var length)
            && CryptographicOperations.FixedTimeEquals(
                SHA256.HashData(given.AsSpan(0, length)), SHA256.HashData(Encoding.UTF8.GetBytes($"{User}:{settings.Password}")));
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "A call is led to meeting {Instance} on server {ServerId}, request {CorrelationId}")]
        public static partial void Bridged(ILogger logger, Guid instance, string serverId, string correlationId);

        [LoggerMessage(Level = LogLevel.Information, Message = "A caller's number leads to no meeting; they are asked again, request {CorrelationId}")]
        public static partial void NoMeeting(ILogger logger, string correlationId);

        [LoggerMessage(Level = LogLevel.Warning, Message = "FreeSWITCH asked for something else than the dial plan of a number, request {CorrelationId}")]
        public static partial void Nothing(ILogger logger, string correlationId);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A call was not led anywhere, request {CorrelationId}: PostgreSQL is away: {Why}")]
        public static partial void DatabaseAway(ILogger logger, string correlationId, string why);
    }
}
