using Scalelite.Simulator.Meetings;

namespace Scalelite.Simulator.Calls;

/// <summary>
/// The calls that a node makes itself when a meeting ends: <c>meta_endCallbackUrl</c> and <c>meetingEndedURL</c> (<c>bbb-api.md §5</c>).
/// One attempt each, with a deadline.
/// </summary>
internal sealed class EndCallbacks : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
    {
        Timeout = Deadline,
    };

    /// <param name="recorded">Whether a recording will follow.</param>
    public void Send(LiveMeeting meeting, bool recorded)
    {
        if (meeting.Plan.Breakout is not null)
        {
            return;
        }

        if (meeting.Plan.Metadata.TryGetValue("endcallbackurl", out var url))
        {
            var mark = url.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            Send($"{url}{mark}recordingmarks={(recorded ? "true" : "false")}&meetingID={Uri.EscapeDataString(meeting.MeetingID)}");
        }

        if (meeting.Plan.EndedUrl is { } ended)
        {
            Send(ended);
        }
    }

    public void Dispose() => _http.Dispose();

    private void Send(string url)
    {
        if (Uri.TryCreate(url, UriKind.Absolute, out var target) && target.Scheme is "http" or "https")
        {
            _ = SendAsync(target);
        }
    }

    private async Task SendAsync(Uri target)
    {
        // The caller holds the node's lock.
        await Task.Yield();
        try
        {
            using var answer = await _http.GetAsync(target, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            // A callback that fails is the receiver's loss; a node only writes it to its own log.
        }
    }
}
