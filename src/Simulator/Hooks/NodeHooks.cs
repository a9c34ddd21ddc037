using System.Text;
using Scalelite.BigBlueButton.Checksums;

namespace Scalelite.Simulator.Hooks;

/// <summary>A hook of a simulated node.</summary>
/// <param name="MeetingID">Only of this meeting; null for all.</param>
public sealed record NodeHook(int Id, string CallbackUrl, string? MeetingID, string? EventID, bool RawData);

/// <summary>The bbb-webhooks of a simulated node (<c>bbb-api.md §5</c>). Events are those that it is told to send; each is sent once.</summary>
public sealed class NodeHooks
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    private readonly Lock _gate = new();
    private readonly List<NodeHook> _hooks = [];
    private readonly Func<string> _secret;
    private int _last;

    internal NodeHooks(Func<string> secret) => _secret = secret;

    /// <summary>Those that it has.</summary>
    public IReadOnlyList<NodeHook> All
    {
        get
        {
            lock (_gate) return [.. _hooks];
        }
    }

    /// <summary>What the checksums of its calls are made with.</summary>
    public ChecksumAlgorithm Algorithm { get; set; } = ChecksumAlgorithm.Sha1;

    /// <summary>Adds a hook that nobody asked for by call.</summary>
    public NodeHook Create(string callbackUrl) => Create(callbackUrl, null, null, raw: false).Hook;

    /// <summary>Forgets all hooks, as a node does that lost its Redis.</summary>
    public void Clear()
    {
        lock (_gate) _hooks.Clear();
    }

    /// <summary>Calls the hooks that hear of a meeting with an event.</summary>
    /// <param name="json">One event; it is sent in an array.</param>
    /// <returns>The status of each call, in the order of the hooks; 0 where there was no answer.</returns>
    public async Task<IReadOnlyList<int>> SendAsync(string meetingID, string json, long timestamp = 1700000000000)
    {
        var body = $"domain=node.example&event={Uri.EscapeDataString($"[{json}]").Replace("%20", "+", StringComparison.Ordinal)}&timestamp={timestamp}";
        var statuses = new List<int>();
        foreach (var hook in All.Where(hook => hook.MeetingID is null || hook.MeetingID == meetingID))
        {
            var joint = hook.CallbackUrl.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            statuses.Add(await PostAsync(
                $"{hook.CallbackUrl}{joint}checksum={Checksum.Compute(Algorithm, hook.CallbackUrl, body, _secret())}", body).ConfigureAwait(false));
        }

        return statuses;
    }

    internal (NodeHook Hook, bool Duplicated) Create(string url, string? meetingID, string? eventID, bool raw)
    {
        lock (_gate)
        {
            if (_hooks.Find(hook => hook.CallbackUrl == url) is { } there) return (there, true);
            var hook = new NodeHook(++_last, url, meetingID, eventID, raw);
            _hooks.Add(hook);
            return (hook, false);
        }
    }

    internal bool Destroy(string id)
    {
        lock (_gate) return _hooks.RemoveAll(hook => hook.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) == id) > 0;
    }

    private static async Task<int> PostAsync(string url, string body)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded");
            using var answer = await Http.PostAsync(new Uri(url), content).ConfigureAwait(false);
            return (int)answer.StatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }
}
