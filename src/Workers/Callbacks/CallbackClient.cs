using System.Net;
using System.Net.Sockets;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Callbacks;

/// <summary>
/// Calls where clients want to be called. A name is resolved once, its addresses are judged, and one of those that were admitted is connected
/// to; redirects, at most five, are judged like first targets. An answer's status counts, its body is not read. No cookies, no proxy.
/// </summary>
internal sealed class CallbackClient : IDisposable
{
    private const int MostRedirects = 5;
    private const int ConnectionsPerHost = 4;

    private readonly CallbackPolicy _policy;
    private readonly ResolveHost _resolve;
    private readonly HttpMessageInvoker _http;

    public CallbackClient(CallbackPolicy policy, ResolveHost resolve, Settings settings)
    {
        (_policy, _resolve) = (policy, resolve);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = settings.Callbacks.Timeout,
            MaxConnectionsPerServer = ConnectionsPerHost,
            MaxResponseHeadersLength = 32,
            MaxResponseDrainSize = 16 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = ConnectAsync,
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Sends a request and those that it is redirected to.</summary>
    /// <returns>The last answer's status.</returns>
    /// <exception cref="CallbackDeniedException">Its URL, or that of a redirect, leads where nobody is to be called.</exception>
    /// <exception cref="HttpRequestException">There was no answer; a denial of its addresses is within it.</exception>
    public async Task<int> SendAsync(CallbackRequest request, CancellationToken cancellation)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var message = request.ToMessage();
            using var response = await _http.SendAsync(message, cancellation);
            var status = (int)response.StatusCode;
            if (status is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location) return status;

            if (redirects == MostRedirects) throw new HttpRequestException(HttpRequestError.InvalidResponse, $"more than {MostRedirects} redirects");
            request = request.Redirected(status, Judged(request.Url, location));
        }
    }

    private static Uri Judged(Uri from, Uri location)
    {
        var to = location.IsAbsoluteUri ? location : new Uri(from, location);
        if (to.Scheme != Uri.UriSchemeHttp && to.Scheme != Uri.UriSchemeHttps) throw new CallbackDeniedException($"{from.Host} redirects to {to.Scheme}:, which is not called");
        return from.Scheme != Uri.UriSchemeHttps || to.Scheme == Uri.UriSchemeHttps
            ? to
            : throw new CallbackDeniedException($"{from.Host} redirects from https to http, which is not followed");
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host.Trim('[', ']'), context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, cancellation);
        var admitted = await _policy.AdmitAsync(host, addresses, cancellation);
        var last = new SocketException((int)SocketError.HostNotFound);
        foreach (var address in admitted)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                last = failure;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last;
    }
}
