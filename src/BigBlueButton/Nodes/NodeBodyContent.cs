using System.Net;

namespace Scalelite.BigBlueButton.Nodes;

/// <summary>A <see cref="NodeBody"/> for one request: the handler asks for it when the connection is open and the head is written.</summary>
internal sealed class NodeBodyContent : HttpContent
{
    private readonly NodeBody _body;
    private readonly NodeExchange _exchange;

    public NodeBodyContent(NodeBody body, NodeExchange exchange)
    {
        _body = body;
        _exchange = exchange;
        Headers.TryAddWithoutValidation("Content-Type", body.ContentType);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _body.WriteToAsync(stream, _exchange, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length ?? 0;
        return _body.Length is not null;
    }
}
