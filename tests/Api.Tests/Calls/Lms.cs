using System.Net.Http.Headers;
using System.Text;
using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.Api.Tests.Calls;

/// <summary>Calls the balancer as an LMS does; what it sends is sent as it is.</summary>
internal sealed class Lms(string origin, string secret) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, MaxConnectionsPerServer = 256 })
    {
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>The path and query of a signed call.</summary>
    public string Sign(string call, string query = "", ChecksumAlgorithm algorithm = ChecksumAlgorithm.Sha256, string? with = null) =>
        $"/bigbluebutton/api/{call}?{query}{(query.Length == 0 ? "" : "&")}checksum={Checksum.Compute(algorithm, call, query, with ?? secret)}";

    public Task<Reply> GetAsync(string call, string query = "") => SendAsync(HttpMethod.Get, Sign(call, query));

    public Task<Reply> PostAsync(string call, string query, byte[] body, string contentType, bool chunked = false)
    {
        HttpContent content = chunked ? new StreamContent(new MemoryStream(body)) : new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return SendAsync(HttpMethod.Post, Sign(call, query), content, request => request.Headers.TransferEncodingChunked = chunked ? true : null);
    }

    public Task<Reply> PostAsync(string call, string query, string body, string contentType) =>
        PostAsync(call, query, Encoding.UTF8.GetBytes(body), contentType);

    /// <summary>Sends a request to a path, or to any URL.</summary>
    public async Task<Reply> SendAsync(HttpMethod method, string target, HttpContent? content = null, Action<HttpRequestMessage>? change = null)
    {
        var url = target.StartsWith('/') ? origin + target : target;
        using var request = new HttpRequestMessage(method, new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Content = content;
        change?.Invoke(request);
        using var response = await _http.SendAsync(request);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), response.Headers, response.Content.Headers);
    }

    public Task<Reply> GetUrlAsync(string target, Action<HttpRequestMessage>? change = null) => SendAsync(HttpMethod.Get, target, null, change);

    public void Dispose() => _http.Dispose();

    public static HttpContent Bytes(byte[] bytes, string contentType)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return content;
    }
}
