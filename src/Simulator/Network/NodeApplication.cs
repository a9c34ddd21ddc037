using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.Simulator.Answers;
using Scalelite.Simulator.Calls;
using Scalelite.Simulator.Faults;
using Scalelite.Simulator.Journal;

namespace Scalelite.Simulator.Network;

/// <summary>A request to a node: its journal, its faults, its checksum, its body, the call, the answer.</summary>
internal sealed class NodeApplication(TimeProvider time)
{
    private const string Base = "/bigbluebutton/api";

    private static readonly Answer Client = Answer.OfHtml(200, "<!DOCTYPE html><html><head><title>BigBlueButton</title></head><body></body></html>");
    private static readonly Answer NotFound = Answer.OfHtml(404, "<html><body><h1>404 Not Found</h1></body></html>");
    private static readonly Answer NotAllowed = Answer.OfHtml(405, "<html><body><h1>405 Method Not Allowed</h1></body></html>");
    private static readonly Answer Unsupported = Answer.Fixed(
        "<response><returncode>FAILED</returncode><messageKey>unsupportedRequest</messageKey><message>This request is not supported.</message></response>"u8);

    public Task AnswerAsync(HttpContext http, NodeConnection connection)
    {
        var node = connection.Node!;
        if (node.Reach != Reach.Reachable)
        {
            return AwayAsync(http, node);
        }

        var (name, call, fixedAnswer) = Route(http.Request.Path.Value ?? "", node);
        var query = new RawQuery(http.Request.QueryString.Value is { Length: > 1 } text ? text[1..] : "");
        node.Journal.Record(new JournalEntry(time.GetUtcNow(), name, query["meetingID"], connection.Remote));
        var plan = node.Faults.Strike(name);
        return plan is null
            ? PlainAsync(http, node, call, query, fixedAnswer)
            : FaultyAsync(http, connection, call, query, fixedAnswer, plan);
    }

    private static (string Name, NodeCall? Call, Answer? Fixed) Route(string path, SimulatedNode node)
    {
        if (!path.StartsWith(Base, StringComparison.Ordinal))
        {
            return path.StartsWith("/html5client", StringComparison.Ordinal) ? ("html5client", null, Client) : ("unsupported", null, NotFound);
        }

        var rest = path.AsSpan(Base.Length).TrimEnd('/');
        if (rest.IsEmpty)
        {
            return ("root", null, node.Root);
        }

        return rest[0] == '/' && NodeCall.Find(rest[1..]) is { } call ? (call.Name, call, null) : ("unsupported", null, Unsupported);
    }

    private static async Task PlainAsync(HttpContext http, SimulatedNode node, NodeCall? call, RawQuery query, Answer? fixedAnswer)
    {
        using var answer = fixedAnswer ?? (await ReceiveAsync(http, node, call!, query, false).ConfigureAwait(false)).Answer();
        await (answer is not null && node.Reach == Reach.Reachable ? WriteAsync(http, answer) : AwayAsync(http, node)).ConfigureAwait(false);
    }

    private static async Task FaultyAsync(HttpContext http, NodeConnection connection, NodeCall? call, RawQuery query, Answer? fixedAnswer, FaultPlan plan)
    {
        var node = connection.Node!;
        Answer? answer = null;
        if (plan.Instead is null || plan.Instead.Fault.Executes)
        {
            // The body is read before the delay: a node that was sent a whole call executes it, whether or not the caller still waits.
            var received = fixedAnswer is null ? await ReceiveAsync(http, node, call!, query, plan.ThousandsSeparators).ConfigureAwait(false) : default;
            if (!await node.DelayAsync(plan.Before).ConfigureAwait(false))
            {
                return;
            }

            answer = fixedAnswer ?? received.Answer();
            if (answer is null)
            {
                await AwayAsync(http, node).ConfigureAwait(false);
                return;
            }
        }
        else if (!await node.DelayAsync(plan.Before).ConfigureAwait(false))
        {
            return;
        }

        using (answer)
        {
            if (!await node.DelayAsync(plan.After).ConfigureAwait(false))
            {
                return;
            }

            await (node.Reach != Reach.Reachable ? AwayAsync(http, node)
                : plan.Instead is null ? WriteAsync(http, answer!)
                : MisbehaveAsync(http, connection, call, query, plan.Instead, answer)).ConfigureAwait(false);
        }
    }

    private static async Task MisbehaveAsync(HttpContext http, NodeConnection connection, NodeCall? call, RawQuery query, ActiveFault active, Answer? answer)
    {
        var fault = active.Fault;
        switch (fault.Kind)
        {
            case FaultKind.Hang:
                await SilenceAsync(http, active.Removed).ConfigureAwait(false);
                break;
            case FaultKind.HangAfterBody:
                await CallBody.DrainAsync(http.Request, http.RequestAborted).ConfigureAwait(false);
                await SilenceAsync(http, active.Removed).ConfigureAwait(false);
                break;
            case FaultKind.EmptyReply or FaultKind.DropAnswer:
                await CallBody.DrainAsync(http.Request, http.RequestAborted).ConfigureAwait(false);
                await CloseAsync(http, connection).ConfigureAwait(false);
                break;
            case FaultKind.Reset:
                http.Abort();
                break;
            case FaultKind.HtmlError:
                await WriteAsync(http, Answer.OfHtml(fault.Status, fault.Body ?? ErrorPage(fault.Status))).ConfigureAwait(false);
                break;
            case FaultKind.WrongXml:
                await WriteAsync(http, Answer.OfText(fault.Body ?? "<?xml version=\"1.0\"?><error><code>17</code></error>")).ConfigureAwait(false);
                break;
            case FaultKind.TruncatedXml:
                await WriteAsync(http, answer!.Truncated()).ConfigureAwait(false);
                break;
            case FaultKind.Failed:
                await WriteOwnAsync(http, Answer.Failed(fault.MessageKey, fault.Message)).ConfigureAwait(false);
                break;
            case FaultKind.ChecksumError:
                connection.Node!.Journal.RecordChecksumError();
                await WriteOwnAsync(http, RefusalOf(connection.Node, call, query, "Checksums do not match")).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Checks the call and reads its body, in BBB's order: method, checksum, content type.</summary>
    private static async ValueTask<Received> ReceiveAsync(HttpContext http, SimulatedNode node, NodeCall call, RawQuery query, bool separators)
    {
        var isPost = HttpMethods.IsPost(http.Request.Method);
        if (isPost ? !call.Post : !call.Get)
        {
            return new Received(NotAllowed);
        }

        var request = new CallRequest(node, query) { ThousandsSeparators = separators };
        var hasBody = isPost && CallBody.Exists(http.Request);
        var hasForm = hasBody && CallBody.IsForm(http.Request);
        if (hasForm)
        {
            request.Form = await CallBody.ReadFormAsync(http.Request, http.RequestAborted).ConfigureAwait(false);
        }

        var verdict = Checksum.Verify(call.Name, SignedPart(query, request.Form), node.Secrets, ChecksumAlgorithms.All);
        if (!verdict.IsRight)
        {
            node.Journal.RecordChecksumError();
            var message = verdict.Outcome == ChecksumOutcome.Missing ? "You must provide the checksum" : "Checksums do not match";
            return new Received(RefusalOf(node, call, query, message));
        }

        if (hasBody && !CallBody.IsTakenBy(call, http.Request))
        {
            return new Received(Answer.Failed("unsupportedContentType", "POST request Content-Type is missing or unsupported"));
        }

        if (hasBody && !hasForm)
        {
            (request.BodyBytes, request.Documents) = await CallBody.CountAsync(http.Request, http.RequestAborted).ConfigureAwait(false);
        }

        return new Received(null, call, request);
    }

    /// <summary>The checksum may stand in the form; what it signs is the URL's query alone (<c>bbb-api.md §1.3</c>).</summary>
    private static RawQuery SignedPart(RawQuery query, RawQuery? form) =>
        query.Checksum is null && form?.Checksum is { } checksum
            ? new RawQuery(query.Text.Length == 0 ? $"checksum={checksum}" : $"{query.Text}&checksum={checksum}")
            : query;

    private static Answer RefusalOf(SimulatedNode node, NodeCall? call, RawQuery query, string message) =>
        call?.Name == "join" ? JoinCall.Refusal(new CallRequest(node, query), null, "checksumError", message) : Answer.Failed("checksumError", message);

    private static async Task WriteOwnAsync(HttpContext http, Answer answer)
    {
        using (answer)
        {
            await WriteAsync(http, answer).ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(HttpContext http, Answer answer)
    {
        var response = http.Response;
        response.StatusCode = answer.Status;
        response.Headers.CacheControl = "no-cache";
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
        if (answer.Location is not null)
        {
            response.Headers.Location = answer.Location;
        }

        if (answer.Cookie is not null)
        {
            response.Headers.SetCookie = answer.Cookie;
        }

        if (answer.Body.Length > 0 && !HttpMethods.IsHead(http.Request.Method))
        {
            await response.BodyWriter.WriteAsync(answer.Body).ConfigureAwait(false);
        }
    }

    /// <summary>Hears nothing more until the caller goes or <paramref name="over"/>; then the connection is reset.</summary>
    private static async Task SilenceAsync(HttpContext http, CancellationToken over)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, over);
        await Task.Delay(Timeout.Infinite, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Abort();
    }

    /// <summary>Is not heard of until the node can be reached again.</summary>
    private static Task AwayAsync(HttpContext http, SimulatedNode node)
    {
        var restored = node.Restored;
        if (restored.CanBeCanceled)
        {
            return SilenceAsync(http, restored);
        }

        http.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Ends the connection as a server does that has nothing to say.</summary>
    private static async Task CloseAsync(HttpContext http, NodeConnection connection)
    {
        try
        {
            connection.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        }
        catch (Exception failure) when (failure is System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // The caller was first.
        }

        // Reset too early, the caller would see a reset instead of the end.
        await Task.Delay(TimeSpan.FromSeconds(1), http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Abort();
    }

    private static string ErrorPage(int status) =>
        $"<html>\r\n<head><title>{status} Error</title></head>\r\n<body>\r\n<center><h1>{status} Error</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

    /// <summary>A call that can be executed, or what was wrong with it.</summary>
    private readonly record struct Received(Answer? Refusal, NodeCall? Call = null, CallRequest? Request = null)
    {
        public Answer? Answer() => Refusal ?? Request!.Execute(Call!);
    }
}
