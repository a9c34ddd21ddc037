using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Scalelite.Api.Calls;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.BigBlueButton.Parameters;

namespace Scalelite.Api.Demo;

/// <summary>The school's LMS with its users' browsers: signed calls over HTTP, and redirects that are followed to the nodes.</summary>
/// <param name="ready">Where it hears of recordings.</param>
internal sealed class SchoolClient(Uri origin, string secret, Uri ready) : IDisposable
{
    private const int MostRedirects = 5;

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>create, as an LMS sends it with each click on a class.</summary>
    /// <exception cref="HttpRequestException">The load balancer does not answer.</exception>
    public Task<NodeAnswer> CreateAsync(SchoolClass lesson, CancellationToken cancellation)
    {
        var parameters = new QueryParameters { { "meetingID", lesson.MeetingId }, { "name", lesson.Name }, { "meta_bbb-origin", "demo" } };
        if (lesson.Recorded)
        {
            parameters.Add("record", "true");
            parameters.Add("meta_bn-recording-ready-url", ready.AbsoluteUri);
        }

        return AskAsync("create", parameters, cancellation);
    }

    /// <summary>end, as a teacher asks for it.</summary>
    /// <exception cref="HttpRequestException">The load balancer does not answer.</exception>
    public Task<NodeAnswer> EndAsync(SchoolClass lesson, CancellationToken cancellation) =>
        AskAsync("end", new() { { "meetingID", lesson.MeetingId } }, cancellation);

    /// <summary>Teacher and pupils join: each is redirected to the class's node, and goes there.</summary>
    /// <returns>How many came in.</returns>
    /// <exception cref="HttpRequestException">The load balancer or the node does not answer.</exception>
    public async Task<int> JoinAsync(SchoolClass lesson, CancellationToken cancellation)
    {
        var joined = await Task.WhenAll(Enumerable.Range(0, lesson.Users).Select(n => JoinAsync(lesson, n, cancellation)));
        return joined.Count(entered => entered);
    }

    /// <summary>getRecordings of a class, the newest first.</summary>
    /// <exception cref="HttpRequestException">The load balancer does not answer.</exception>
    public async Task<IReadOnlyList<RecordedClass>> RecordingsAsync(SchoolClass lesson, CancellationToken cancellation) =>
        RecordedClass.ListOf(await _http.GetStringAsync(Url("getRecordings", new() { { "meetingID", lesson.MeetingId } }), cancellation));

    /// <summary>publishRecordings, as a teacher asks for it.</summary>
    /// <exception cref="HttpRequestException">The load balancer does not answer.</exception>
    public Task<NodeAnswer> PublishAsync(string recordId, bool publish, CancellationToken cancellation) =>
        AskAsync("publishRecordings", new() { { "recordID", recordId }, { "publish", publish ? "true" : "false" } }, cancellation);

    /// <summary>Opens a page as a browser does: redirects are followed.</summary>
    /// <returns>Where it came to, how it was answered, and what it reads.</returns>
    /// <exception cref="HttpRequestException">The load balancer does not answer.</exception>
    public async Task<OpenedPage> OpenAsync(Uri url, CancellationToken cancellation)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var answer = await _http.GetAsync(url, cancellation);
            if ((int)answer.StatusCode is >= 300 and < 400 && redirects < MostRedirects && answer.Headers.Location is { } next) url = new Uri(url, next);
            else return new(url, answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
        }
    }

    /// <summary>Asks for a part of a file, as a player does.</summary>
    /// <exception cref="HttpRequestException">The load balancer does not answer.</exception>
    public async Task<HttpResponseMessage> PartAsync(Uri url, RangeHeaderValue range, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = range } };
        return await _http.SendAsync(request, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<bool> JoinAsync(SchoolClass lesson, int user, CancellationToken cancellation)
    {
        var url = Url("join", new()
        {
            { "meetingID", lesson.MeetingId },
            { "fullName", user == 0 ? "Teacher" : string.Create(CultureInfo.InvariantCulture, $"Pupil {user}") },
            { "role", user == 0 ? "MODERATOR" : "VIEWER" },
        });
        using var routed = await _http.GetAsync(url, cancellation);
        if (routed.StatusCode != HttpStatusCode.Redirect || routed.Headers.Location is not { } node) return false;
        using var entered = await _http.GetAsync(NodeUrl.ForRequest(node.OriginalString), cancellation);
        return entered.StatusCode == HttpStatusCode.Redirect
            && entered.Headers.Location?.OriginalString.Contains("sessionToken=", StringComparison.Ordinal) == true;
    }

    private async Task<NodeAnswer> AskAsync(string call, QueryParameters parameters, CancellationToken cancellation) =>
        NodeAnswer.Parse(await _http.GetByteArrayAsync(Url(call, parameters), cancellation));

    private Uri Url(string call, QueryParameters parameters) => NodeUrl.ForRequest(NodeUrl.Join(
        origin.GetLeftPart(UriPartial.Authority) + BbbApi.Path, call,
        SignedQuery.Build(call, parameters, secret, ChecksumAlgorithm.Sha256)));
}

/// <summary>A class of the school.</summary>
/// <param name="Users">Teacher included.</param>
/// <param name="Recorded">Created with record=true.</param>
internal sealed record SchoolClass(string MeetingId, string Name, int Users, bool Recorded = false);

/// <summary>A page that was opened.</summary>
/// <param name="Url">Where the redirects led to.</param>
internal sealed record OpenedPage(Uri Url, HttpStatusCode Status, string Html);
