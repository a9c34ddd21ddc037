using System.Net.Http.Headers;
using System.Xml.Linq;
using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.Simulator.Tests;

/// <summary>Calls a node as an LMS does.</summary>
internal sealed class BbbCaller(SimulatedNode node)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(2) })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    public string Sign(string call, string query, ChecksumAlgorithm algorithm = ChecksumAlgorithm.Sha256)
    {
        var checksum = Checksum.Compute(algorithm, call, query, node.Secret);
        return $"{node.Url}/{call}?{(query.Length == 0 ? "" : query + "&")}checksum={checksum}";
    }

    public Task<HttpResponseMessage> SendAsync(string call, string query = "", CancellationToken cancellation = default) =>
        Http.GetAsync(Sign(call, query), cancellation);

    public static Task<HttpResponseMessage> GetAsync(string url) => Http.GetAsync(url);

    public async Task<XElement> XmlAsync(string call, string query = "")
    {
        using var answer = await SendAsync(call, query);
        return XElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    public async Task<XElement> PostAsync(string call, string query, byte[] body, string contentType)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        using var answer = await Http.PostAsync(Sign(call, query), content);
        return XElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    public static async Task<XElement> PostToAsync(string url, string form)
    {
        using var content = new StringContent(form, MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded"));
        using var answer = await Http.PostAsync(url, content);
        return XElement.Parse(await answer.Content.ReadAsStringAsync());
    }
}

internal static class Answers
{
    public static string Of(this XElement answer, string name) => answer.Element(name)?.Value ?? throw new KeyNotFoundException($"No {name} in {answer}");

    public static string Code(this XElement answer) => answer.Of("returncode");

    public static string Key(this XElement answer) => answer.Of("messageKey");

    public static string[] Names(this XElement answer) => [.. answer.Elements().Select(e => e.Name.LocalName)];
}
