using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using Scalelite.BigBlueButton.Tokens;
using Scalelite.Domain.Callbacks;
using Scalelite.EventLog;
using Scalelite.Workers.Configuration;

namespace Scalelite.Workers.Callbacks;

/// <summary>
/// Sends callbacks that are due. One worker of all instances is at a callback at a time. After a 2xx it is not sent again, but for one case: the
/// process, or the database for longer than the claim, goes away between the answer and its event. Then nobody knows of the answer, and it is sent
/// once more: a target that must not hear it twice tells by the recording's id.
/// </summary>
public sealed class CallbackOutbox
{
    private const int CallsOfAttempt = 3;
    private const int MostAnswers = 256;

    /// <summary>Less than a message's handler may take.</summary>
    private static readonly TimeSpan LongestAttempt = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan Writing = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<(Guid CallbackId, int Attempt), (CallbackAnswer Answer, DateTimeOffset At)> _answers = new();
    private readonly CallbackClaims _claims;
    private readonly CallbackTurns _turns;
    private readonly CallbackClient _client;
    private readonly ClientSecrets _secrets;
    private readonly SecretVault _vault;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly CallbackAlgorithms _algorithms;

    internal CallbackOutbox(
        CallbackClaims claims, CallbackTurns turns, CallbackClient client, ClientSecrets secrets, SecretVault vault, Settings settings, TimeProvider time)
    {
        (_claims, _turns, _client, _secrets, _vault, _time) = (claims, turns, client, secrets, vault, time);
        _timeout = settings.Callbacks.Timeout;
        _algorithms = new CallbackAlgorithms(JsonWebToken.For(settings.Security.AllowedAlgorithms), settings.Callbacks.HookChecksum);
    }

    /// <summary>Sends it, if it is due and this host's turn; null where it is not, and whoever looks for overdue callbacks finds it again.</summary>
    /// <returns>What came of it; the same again where that could not be written before.</returns>
    public async Task<CallbackAnswer?> SendAsync(CallBack due, CancellationToken cancellation)
    {
        if (_answers.TryGetValue((due.CallbackId, due.Attempt), out var known)) return known.Answer;
        using var turn = _turns.Take(due.Host);
        if (turn is null) return null;

        var longest = CallsOfAttempt * _timeout < LongestAttempt ? CallsOfAttempt * _timeout : LongestAttempt;
        if (await _claims.ClaimAsync(due, _time.GetUtcNow(), longest + Writing, cancellation) is not { } claimed) return null;
        using var deadline = new CancellationTokenSource(longest, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        var began = _time.GetTimestamp();
        var answer = await AttemptAsync(claimed, either.Token, cancellation) with { ElapsedMs = (int)_time.GetElapsedTime(began).TotalMilliseconds };
        Keep(due, answer);
        return answer;
    }

    private async Task<CallbackAnswer> AttemptAsync(ClaimedCallback callback, CancellationToken limited, CancellationToken cancellation)
    {
        if (await _vault.FindAsync(callback.CallbackId, CallbackSecrets.UrlKind, cancellation) is not { } text || CallbackUrl.Read(text, CallbackUrl.LongestCalled) is not { } url)
            return new CallbackAnswer(null, "its URL is not in table secret any more", 0, MayBeTriedAgain: false);
        var body = CallbackContents.HasBody(callback.Kind) ? await _vault.FindAsync(callback.CallbackId, CallbackSecrets.BodyKind, cancellation) : null;
        return await AttemptAsync(callback, url, body, limited, cancellation);
    }

    /// <summary>Sends a call that stands in no row, once.</summary>
    /// <param name="limited">When its time is over.</param>
    internal Task<CallbackAnswer> SendNowAsync(CallbackKind kind, string tenantId, string signerFingerprint, Uri url, string body, CancellationToken limited) =>
        AttemptAsync(new ClaimedCallback(Guid.Empty, 1, kind, tenantId, "", null, "", signerFingerprint), url, body, limited, CancellationToken.None);

    private async Task<CallbackAnswer> AttemptAsync(ClaimedCallback callback, Uri url, string? body, CancellationToken limited, CancellationToken cancellation)
    {
        var keys = CallbackContents.IsSigned(callback.Kind)
            ? await _secrets.InOrderAsync(callback.TenantId, callback.SignerFingerprint, cancellation)
            : [""];
        var answer = new CallbackAnswer(null, "there is no secret to sign with", 0);
        for (var i = 0; i < keys.Count; i++)
        {
            var request = CallbackContents.Of(callback, url, body, keys[i], _algorithms, _time.GetUtcNow());
            answer = await CallAsync(request, limited, cancellation);
            // The target knows another of the secrets, perhaps: the create may have been signed by a client that has changed since.
            if (answer.Status != 401) return answer;
        }

        if (answer.Status != 401) return answer;
        // bbb-webhooks takes a 401 for an answer; elsewhere a client may come to know the secret.
        return answer with
        {
            Outcome = keys.Count > 1 ? $"answered 401 to each of {keys.Count} secrets" : answer.Outcome,
            MayBeTriedAgain = callback.Kind != CallbackKind.Hook,
        };
    }

    private async Task<CallbackAnswer> CallAsync(CallbackRequest request, CancellationToken limited, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, limited);
        try
        {
            var status = await _client.SendAsync(request, either.Token);
            return new CallbackAnswer(status, string.Create(CultureInfo.InvariantCulture, $"answered {status}"), 0);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new CallbackAnswer(null, string.Create(CultureInfo.InvariantCulture, $"no answer within {_timeout.TotalSeconds:0.###} s"), 0);
        }
#pragma warning disable CA1031 // Whatever a client's URL leads to, it is that callback's trouble alone.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return CallbackDeniedException.In(failure) is { } denied
                ? new CallbackAnswer(null, denied.Message, 0, MayBeTriedAgain: false)
                : new CallbackAnswer(null, Describe(failure), 0);
        }
    }

    /// <summary>Not the exception's own words, which may repeat what a client or a target wrote.</summary>
    private static string Describe(Exception failure) => failure.GetBaseException() switch
    {
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => "its host name is not known",
        SocketException socket => $"not connected: {socket.SocketErrorCode}",
        _ when failure is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http => $"no answer: {http.HttpRequestError}",
        var other => $"no answer: {other.GetType().Name}",
    };

    /// <summary>Until its event is written, which may need the database to come back.</summary>
    private void Keep(CallBack due, CallbackAnswer answer)
    {
        var now = _time.GetUtcNow();
        _answers[(due.CallbackId, due.Attempt)] = (answer, now);
        if (_answers.Count <= MostAnswers) return;
        foreach (var (key, old) in _answers)
        {
            if (now - old.At > Kept) _answers.TryRemove(key, out _);
        }
    }
}
