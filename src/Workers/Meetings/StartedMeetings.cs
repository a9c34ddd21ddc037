using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scalelite.Domain;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Placement;
using Scalelite.EventLog;
using Scalelite.Workers.Callbacks;

namespace Scalelite.Workers.Meetings;

/// <summary>A node's answer to a create, as it is written down behind its caller's back.</summary>
/// <param name="CreateTime">Epoch milliseconds on the node's clock.</param>
/// <param name="Existing">The node had the meeting already (<c>duplicateWarning</c>).</param>
/// <param name="ModeratorPassword">Sealed, for <c>end</c> on nodes older than 2.5.</param>
public sealed record StartedMeeting(
    Guid Instance,
    string ServerId,
    string InternalMeetingId,
    long CreateTime,
    string? VoiceBridge,
    bool Existing,
    string? ModeratorPassword,
    TimeSpan Elapsed,
    string RequestId)
{
    /// <summary>The run that the node had lost: it is over, and this one takes its place. Null for a run that was placed.</summary>
    public Replacement? Replaces { get; init; }
}

/// <summary>What a new run on the same server takes over from the one that the node had lost.</summary>
/// <param name="Callbacks">Whom the create that found it out wants to be called; null for nobody.</param>
/// <param name="EndRelayed">The node was given the lost run's URL of ours to call at the end.</param>
public sealed record Replacement(
    Guid Instance,
    string TenantId,
    string MeetingId,
    string? Name,
    bool Record,
    IReadOnlyDictionary<string, string> Metadata,
    RunCallbacks? Callbacks,
    bool EndRelayed);

/// <summary>
/// Writes down that nodes have the meetings that were placed on them, without making their callers wait. What is lost of it when the
/// process is killed, or PostgreSQL is away too long, the next poll sees.
/// </summary>
public sealed partial class StartedMeetings(IDocumentStore store, SecretVault vault, TimeProvider clock, ILogger<StartedMeetings> log)
    : BackgroundService
{
    /// <summary>The kind under which table <c>secret</c> holds moderators' passwords; the owner is the meeting's instance.</summary>
    public const string PasswordKind = "moderator-password";

    private const int Waiting = 10_000;
    private const int Writers = 4;
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)];

    private readonly Channel<StartedMeeting> queue = Channel.CreateBounded<StartedMeeting>(
        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Takes the answer; never waits.</summary>
    public void Record(StartedMeeting started) => queue.Writer.TryWrite(started);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        if (ExecuteTask is { } writing)
        {
            await writing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => WriteAsync(stoppingToken)));

    private async Task WriteAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var started in queue.Reader.ReadAllAsync(cancellation))
            {
                await WriteAsync(started, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // What is left the next poll sees.
        }
    }

    private async Task WriteAsync(StartedMeeting started, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await AppendAsync(started, cancellation);
                return;
            }
#pragma warning disable CA1031 // Whatever it was, it is tried again, and then left to the next poll.
            catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
            {
                if (attempt == Pauses.Length)
                {
                    Log.LeftToPoll(log, started.Instance, started.ServerId, failure);
                    return;
                }

                await Task.Delay(Pauses[attempt], clock, cancellation);
            }
        }
    }

    private async Task AppendAsync(StartedMeeting started, CancellationToken cancellation)
    {
        await using var session = store.LightweightSession();
        session.CorrelationId = started.RequestId;
        session.SetHeader("actor", "bbb-api");
        var password = Seal(started);
        if (started.Replaces is { } replaced)
        {
            await ReplaceAsync(session, started, replaced, password?.Fingerprint, cancellation);
        }
        else
        {
            await session.DecideAsync<Meeting>(
                Streams.Meeting(started.Instance),
                meeting => meeting.Start(
                    started.ServerId, started.InternalMeetingId, started.CreateTime, started.VoiceBridge, started.Existing,
                    password?.Fingerprint, (int)started.Elapsed.TotalMilliseconds, clock.GetUtcNow()),
                cancellation);
        }

        if (password is not null)
        {
            var store = SecretVault.Store(password);
            session.QueueSqlCommand(store.Sql, store.Values);
        }

        await session.SaveChangesAsync(cancellation);
        CreateSteps.Reached(CreateSteps.Written, started.Instance);
    }

    private async Task ReplaceAsync(
        IDocumentSession session, StartedMeeting started, Replacement replaced, string? fingerprint, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var over = await session.DecideAsync<Meeting>(
            Streams.Meeting(replaced.Instance),
            meeting => meeting.End(started.ServerId, EndLearned.Replaced, now, MeetingCurve.None, now),
            cancellation);
        if (over.Events.Count == 0)
        {
            // The old run's end was learned otherwise; a poll adopts the new one.
            return;
        }

        var why = new PlacementReason("held", "its server had lost it and created it anew", null, 1, [], 1);
        session.Events.StartStream(
            Streams.Meeting(started.Instance),
            Meeting.Place(
                started.Instance, replaced.TenantId, replaced.MeetingId, started.ServerId, replaced.Name, started.VoiceBridge, replaced.Record,
                replaced.Metadata, why, now, now) with
            {
                RequestId = started.RequestId,
                Callbacks = replaced.Callbacks?.Fingerprints,
                SignerFingerprint = replaced.Callbacks?.SignerFingerprint,
                EndRelayed = replaced.EndRelayed,
            },
            new MeetingStarted(
                started.Instance, started.ServerId, started.InternalMeetingId, started.CreateTime, started.VoiceBridge, started.Existing,
                fingerprint, (int)started.Elapsed.TotalMilliseconds, now));
        foreach (var store in replaced.Callbacks?.Store(started.Instance) ?? []) session.QueueSqlCommand(store.Sql, store.Values);
    }

    private SealedSecret? Seal(StartedMeeting started) => string.IsNullOrEmpty(started.ModeratorPassword)
        ? null
        : vault.Seal(started.Instance.ToString(), PasswordKind, 1, started.ModeratorPassword);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "That meeting {Instance} started on {ServerId} was not written; the next poll sees it")]
        public static partial void LeftToPoll(ILogger logger, Guid instance, string serverId, Exception failure);
    }
}
