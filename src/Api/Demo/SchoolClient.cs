using System.Globalization;
using System.Net;
using Scalelite.Api.Calls;
using Scalelite.BigBlueButton.Answers;
using Scalelite.BigBlueButton.Checksums;
using Scalelite.BigBlueButton.Nodes;
using Scalelite.BigBlueButton.Parameters;

namespace Scalelite.Api.Demo;

/// <summary>The school's LMS with its users' browsers: signed calls over HTTP, and redirects that are followed to the nodes.</summary>
internal sealed class SchoolClient(Uri origin, string secret) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>create, as an LMS sends it with each click on a class.</summary>
    /// <exception cref="HttpRequestException">The load balancer does not answer.</exception>
    public Task<NodeAnswer> CreateAsync(SchoolClass lesson, CancellationToken cancellation) => AskAsync(
        "create", new() { { "meetingID", lesson.MeetingId }, { "name", lesson.Name }, { "meta_bbb-origin", "demo" } }, cancellation);

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
internal sealed record SchoolClass(string MeetingId, string Name, int Users);
