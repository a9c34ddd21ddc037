using System.Net;
using System.Text;
using Scalelite.EventLog.Sealing;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Sealing;

/// <summary>Posts seals to AUDIT_SEAL_URL, one at a time, as the line that the file would get. It is the operator's own URL: no address is refused, and no redirect followed.</summary>
internal sealed class SealPost(Settings settings) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = Deadline,
        MaxConnectionsPerServer = 1,
        MaxResponseHeadersLength = 32,
        MaxResponseDrainSize = 16 * 1024,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    });

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Posts a seal.</summary>
    /// <exception cref="HttpRequestException">There was no answer in time, or none from 200 to 299. It does not tell the URL, which may hold a token.</exception>
    public async Task SendAsync(LogSeal seal, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Deadline);
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Audit.SealUrl)
        {
            Content = new StringContent(seal.ToLine(), Encoding.UTF8, "application/json"),
        };
        try
        {
            using var response = await _http.SendAsync(request, deadline.Token);
            if (!response.IsSuccessStatusCode)
                throw new HttpRequestException(HttpRequestError.InvalidResponse, $"answered {(int)response.StatusCode}", null, response.StatusCode);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException(HttpRequestError.Unknown, $"did not answer within {Deadline.TotalSeconds} s");
        }
    }
}
