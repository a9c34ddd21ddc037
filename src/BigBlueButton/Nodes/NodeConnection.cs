using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Scalelite.BigBlueButton.Nodes;

/// <summary>Why there is no connection.</summary>
internal sealed class NodeConnectException(NotTakenKind kind, string message, Exception? inner) : IOException(message, inner)
{
    public NotTakenKind Kind => kind;
}

/// <summary>Opens connections to nodes, so that what fails is told apart: the resolver, the node, or time.</summary>
internal static class NodeConnection
{
    /// <summary>What the system takes ahead of the node counts as sent: megabytes of it would look like the node's silence on a slow line.</summary>
    private const int SendBuffer = 256 * 1024;

    public static HttpRequestOptionsKey<NodeExchange> ExchangeKey { get; } = new("exchange");

    public static async ValueTask<Stream> OpenAsync(
        SocketsHttpConnectionContext context, Func<string, CancellationToken, Task<IPAddress[]>> resolve, CancellationToken cancellation)
    {
        context.InitialRequestMessage.Options.TryGetValue(ExchangeKey, out var exchange);
        var timeout = (exchange?.Timeouts ?? NodeTimeouts.Default).Connect;
        var began = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        var host = context.DnsEndPoint.Host;
        var addresses = await ResolveAsync(host, resolve, exchange, limit.Token, cancellation).ConfigureAwait(false);
        Exception? last = null;
        for (var i = 0; i < addresses.Length; i++)
        {
            // Each address gets its share of the time, so that a dead IPv6 does not hide a living IPv4.
            var share = (timeout - Stopwatch.GetElapsedTime(began)) / (addresses.Length - i);
            try
            {
                return await ConnectAsync(new IPEndPoint(addresses[i], context.DnsEndPoint.Port), share, limit.Token).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                last = failure;
            }
        }

        throw last is SocketException refused
            ? new NodeConnectException(NotTakenKind.Refused, $"no connection: {refused.SocketErrorCode}", refused)
            : new NodeConnectException(NotTakenKind.ConnectTimeout, $"no connection within {timeout.TotalSeconds:0.###} s", last);
    }

    private static async Task<IPAddress[]> ResolveAsync(
        string host,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        NodeExchange? exchange,
        CancellationToken limit,
        CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }

        exchange?.IsResolving = true;
        try
        {
            // The system's resolver does not always heed a cancellation.
            var addresses = await resolve(host, limit).WaitAsync(limit).ConfigureAwait(false);
            return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.NoData);
        }
        catch (SocketException failure)
        {
            throw new NodeConnectException(NotTakenKind.Resolver, $"{host} does not resolve: {failure.SocketErrorCode}", failure);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new NodeConnectException(NotTakenKind.Resolver, $"{host} does not resolve in time", late);
        }
        finally
        {
            // Left as it is where time ran out: the call's own clock ends at the same moment.
            if (!limit.IsCancellationRequested)
            {
                exchange?.IsResolving = false;
            }
        }
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint to, TimeSpan share, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(share > TimeSpan.Zero ? share : TimeSpan.Zero);
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = SendBuffer };
        try
        {
            await socket.ConnectAsync(to, limit.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
