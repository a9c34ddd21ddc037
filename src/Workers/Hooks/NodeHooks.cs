using System.Xml;
using System.Xml.Linq;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.BigBlueButton.Parameters;
using Scalelite.Projections.Hooks;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Hooks;

/// <summary>A hook that a server has.</summary>
/// <param name="Id">The server's own number for it.</param>
internal sealed record NodeHook(string Id, string Url);

/// <summary>Speaks with the bbb-webhooks of nodes (<c>bbb-api.md §5</c>).</summary>
internal sealed class NodeHooks(NodeApi nodes, Settings settings)
{
    private readonly NodeTimeouts _timeouts = new(settings.Nodes.ConnectTimeout, settings.Nodes.ResponseTimeout);

    /// <summary>The hooks of a node.</summary>
    /// <returns>Null where it did not answer; none and false where it has no webhooks.</returns>
    public async Task<(IReadOnlyList<NodeHook> Hooks, bool HasWebhooks)?> ListAsync(NodeAddress node, CancellationToken cancellation)
    {
        var reply = await nodes.ForwardAsync(node, "hooks/list", new QueryParameters(), null, _timeouts, cancellation);
        if (reply is not NodeReply.Answered answered) return null;
        if (answered.Status == 404 || answered.Answer.MessageKey == "unsupportedRequest") return ([], false);
        return answered is { Failure: null, Answer.Kind: NodeAnswerKind.Success } && Parse(answered.Body) is { } hooks ? (hooks, true) : null;
    }

    /// <summary>Has a node call a URL; a node that does so already changes nothing.</summary>
    /// <returns>Whether it does.</returns>
    public async Task<bool> CreateAsync(NodeAddress node, KnownHook hook, string url, CancellationToken cancellation)
    {
        var parameters = new QueryParameters { { "callbackURL", url } };
        if (hook.MeetingId is { } meetingId) parameters.Add("meetingID", meetingId);
        if (hook.EventIds is { } events) parameters.Add("eventID", events);
        if (hook.GetRaw) parameters.Add("getRaw", "true");
        return await SucceedsAsync(node, "hooks/create", parameters, cancellation);
    }

    /// <summary>Has a node call a URL no more.</summary>
    public Task<bool> DestroyAsync(NodeAddress node, NodeHook hook, CancellationToken cancellation) =>
        SucceedsAsync(node, "hooks/destroy", new QueryParameters { { "hookID", hook.Id } }, cancellation);

    private async Task<bool> SucceedsAsync(NodeAddress node, string call, QueryParameters parameters, CancellationToken cancellation) =>
        await nodes.ForwardAsync(node, call, parameters, null, _timeouts, cancellation) is NodeReply.Answered { Failure: null, Answer.Kind: NodeAnswerKind.Success };

    private static List<NodeHook>? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var reader = XmlReader.Create(
                new MemoryStream(body.ToArray()), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return [.. XDocument.Load(reader).Descendants("hook")
                .Select(hook => new NodeHook(((string?)hook.Element("hookID") ?? "").Trim(), ((string?)hook.Element("callbackURL") ?? "").Trim()))
                .Where(hook => hook.Id.Length > 0)];
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
