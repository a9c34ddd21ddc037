using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using Scalelite.BigBlueButton.Parameters;

namespace Scalelite.BigBlueButton.Nodes;

/// <summary>
/// The one HTTP client to nodes. What can go wrong on the way is a value; only the caller's own cancellation is an exception. A node has its own
/// connections and its own queue, so a dead one holds nothing that another needs.
/// </summary>
public sealed class NodeClient : IDisposable
{
    private static readonly TimeSpan LongestHandshake = TimeSpan.FromSeconds(30);

    private readonly NodeClientOptions _options;
    private readonly HttpMessageInvoker[] _invokers;
    private readonly ConcurrentDictionary<(NodeLane, string), SemaphoreSlim> _turns = new();

    /// <summary>A client with these options.</summary>
    public NodeClient(NodeClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _invokers = [Invoker(options, options.CallsPerNode), Invoker(options, options.PollsPerNode)];
    }

    /// <summary>How calls are signed, and the like.</summary>
    public NodeClientOptions Options => _options;

    /// <summary>Makes a call and holds its answer.</summary>
    /// <returns>Never <see cref="NodeReply.Opened"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public async Task<NodeReply> SendAsync(NodeCall call, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        var exchange = new NodeExchange(call.Timeouts, cancellation);
        var reply = await OpenAsync(call, exchange, cancellation).ConfigureAwait(false);
        if (reply is not NodeReply.Opened opened)
        {
            return reply;
        }

        await using var body = opened.Body.ConfigureAwait(false);
        try
        {
            if (await ReadAsync(opened.Body, opened.Length).ConfigureAwait(false) is not { } bytes)
            {
                return new NodeReply.Uncertain(UncertainKind.TooLarge, $"an answer of more than {_options.LargestAnswer} bytes", exchange.Elapsed);
            }

            return new NodeReply.Answered(opened.Status, opened.ContentType, bytes, exchange.Elapsed) { Date = opened.Date };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return Failed(exchange, failure);
        }
    }

    /// <summary>
    /// Makes a call and leaves the answer's body to the caller, who must dispose of it. Reading it throws when the node falls silent or breaks off.
    /// </summary>
    /// <returns>Never <see cref="NodeReply.Answered"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for; it governs the body too.</exception>
    public Task<NodeReply> OpenAsync(NodeCall call, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(call);
        return OpenAsync(call, new NodeExchange(call.Timeouts, cancellation), cancellation);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var invoker in _invokers)
        {
            invoker.Dispose();
        }
    }

    private static HttpMessageInvoker Invoker(NodeClientOptions options, int connections)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = LongestHandshake,
            MaxConnectionsPerServer = connections,
            PooledConnectionIdleTimeout = options.IdleConnection,
            PooledConnectionLifetime = options.ConnectionLifetime,
            ConnectCallback = (context, cancellation) => NodeConnection.OpenAsync(context, options.Resolve, cancellation),
            PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(new WitnessStream(context.PlaintextStream)),
        };
        if (options.AcceptCertificate is { } accept)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = accept };
        }

        return new HttpMessageInvoker(handler, disposeHandler: true);
    }

    private static NodeReply Failed(NodeExchange exchange, Exception failure)
    {
        if (exchange.BodyFailure is { } broken)
        {
            return new NodeReply.NotTaken(NotTakenKind.Body, $"the request's body broke off: {broken.GetType().Name}", exchange.Elapsed);
        }

        var timedOut = exchange.Token.IsCancellationRequested;
        if (exchange.WasSent)
        {
            return !timedOut ? new NodeReply.Uncertain(UncertainKind.Broken, $"no whole answer: {Describe(failure)}", exchange.Elapsed)
                : exchange.EndsByTotal ? new NodeReply.Uncertain(UncertainKind.Deadline, "no answer before the deadline", exchange.Elapsed)
                : new NodeReply.Uncertain(UncertainKind.Timeout, $"silent for {exchange.Timeouts.Response.TotalSeconds:0.###} s", exchange.Elapsed);
        }

        var (kind, reason) = NotTakenBecause(exchange, failure, timedOut);
        return new NodeReply.NotTaken(kind, reason, exchange.Elapsed);
    }

    private static (NotTakenKind Kind, string Reason) NotTakenBecause(NodeExchange exchange, Exception failure, bool timedOut)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is NodeConnectException unconnected)
            {
                return (unconnected.Kind, unconnected.Message);
            }
        }

        return timedOut switch
        {
            true when exchange.IsResolving => (NotTakenKind.Resolver, "the name does not resolve in time"),
            true when exchange.EndsByTotal => (NotTakenKind.Deadline, "not connected before the deadline"),
            true => (NotTakenKind.ConnectTimeout, $"no connection within {exchange.Timeouts.Connect.TotalSeconds:0.###} s"),
            _ when failure is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                (NotTakenKind.Tls, $"no TLS: {Describe(failure)}"),
            _ => (NotTakenKind.Refused, $"no connection: {Describe(failure)}"),
        };
    }

    /// <summary>Messages of the platform name hosts and errors, never a query.</summary>
    private static string Describe(Exception failure) => (failure.InnerException ?? failure).Message;

    private async Task<NodeReply> OpenAsync(NodeCall call, NodeExchange exchange, CancellationToken cancellation)
    {
        SemaphoreSlim? turn = null;
        HttpResponseMessage? response = null;
        NodeReply.Opened? opened = null;
        try
        {
            cancellation.ThrowIfCancellationRequested();
            if (call.Body is { CanBeSent: false })
            {
                return new NodeReply.NotTaken(NotTakenKind.Body, "the request's body was partly sent before and is not kept", exchange.Elapsed);
            }

            using var request = Request(call, exchange);
            turn = await TurnAsync(call, request.RequestUri!, exchange).ConfigureAwait(false);
            if (turn is null)
            {
                cancellation.ThrowIfCancellationRequested();
                var kind = exchange.EndsByTotal ? NotTakenKind.Deadline : NotTakenKind.Busy;
                return new NodeReply.NotTaken(kind, "too many calls are under way", exchange.Elapsed);
            }

            exchange.AwaitConnection();
            NodeExchange.Current = exchange;
            response = await _invokers[(int)call.Lane].SendAsync(request, exchange.Token).ConfigureAwait(false);
            exchange.AwaitNode();
            var stream = await response.Content.ReadAsStreamAsync(exchange.Token).ConfigureAwait(false);
            var contentType = response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var types) ? types.ToString() : null;
            return opened = new NodeReply.Opened(
                (int)response.StatusCode,
                contentType,
                response.Content.Headers.ContentLength,
                new NodeAnswerStream(stream, response, exchange, turn),
                exchange.Elapsed)
            { Date = response.Headers.Date };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidOperationException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return Failed(exchange, failure);
        }
        finally
        {
            if (opened is null)
            {
                response?.Dispose();
                turn?.Release();
                exchange.Dispose();
            }
        }
    }

    private HttpRequestMessage Request(NodeCall call, NodeExchange exchange)
    {
        var query = call.Call.Length == 0 ? call.Query : SignedQuery.Sign(call.Call, call.Query, call.Node.Secret, _options.Algorithm);
        var request = new HttpRequestMessage(
            call.Body is null ? HttpMethod.Get : HttpMethod.Post, NodeUrl.ForRequest(NodeUrl.Join(call.Node.Url, call.Call, query)))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = call.Body is null ? null : new NodeBodyContent(call.Body, exchange),
        };
        request.Headers.TryAddWithoutValidation("User-Agent", _options.UserAgent);
        request.Options.Set(NodeConnection.ExchangeKey, exchange);
        return request;
    }

    /// <returns>Null when none is free in time.</returns>
    private async Task<SemaphoreSlim?> TurnAsync(NodeCall call, Uri uri, NodeExchange exchange)
    {
        var most = call.Lane == NodeLane.Polls ? _options.PollsPerNode : _options.CallsPerNode;
        var turn = _turns.GetOrAdd((call.Lane, uri.Authority), static (_, most) => new SemaphoreSlim(most, most), most);
        exchange.AwaitTurn();
        try
        {
            await turn.WaitAsync(exchange.Token).ConfigureAwait(false);
            return turn;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <returns>Null for more than <see cref="NodeClientOptions.LargestAnswer"/>.</returns>
    private async Task<ReadOnlyMemory<byte>?> ReadAsync(Stream body, long? length)
    {
        if (length > _options.LargestAnswer)
        {
            return null;
        }

        // What a node says about its length is not yet a reason to set so much aside.
        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(length + 1 ?? 4096, 256, 256 * 1024));
        while (await body.ReadAsync(buffer.GetMemory()).ConfigureAwait(false) is var read and > 0)
        {
            buffer.Advance(read);
            if (buffer.WrittenCount > _options.LargestAnswer)
            {
                return null;
            }
        }

        return buffer.WrittenMemory;
    }
}
