using Scalelite.BigBlueButton.Checksums;
using Scalelite.BigBlueButton.Tokens;
using Scalelite.Domain;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Recordings;
using Scalelite.EventLog;
using Scalelite.Testing;
using Scalelite.Workers.Callbacks;
using Scalelite.Workers.Recordings;
using Xunit;

namespace Scalelite.Workers.Tests.Callbacks;

/// <summary>Who created a meeting hears of its recordings, in words that it can verify.</summary>
public sealed class RecordingReadyTests
{
    [Theory]
    [InlineData(CallbackPool.First)]
    [InlineData(CallbackPool.Second)]
    public async Task The_call_is_signed_with_the_secret_that_signed_the_create(string secret)
    {
        await using var pool = await CallbackPool.StartAsync();
        var callback = await pool.ArriveAsync("rec-1", pool.Receiver.Url("/ready?course=7"), secret);
        await pool.BecomesAsync(callback, "delivered");

        var call = Assert.Single(pool.Receiver.Calls);
        Assert.Equal(("POST", "/ready?course=7", "application/x-www-form-urlencoded"), (call.Method, call.Target, call.ContentType));
        var token = call.Token(secret)!;
        Assert.Equal(("room-rec-1", "rec-1"), (token.Text("meeting_id"), token.Text("record_id")));
        Assert.Equal(2, token.Claims.Count);
        Assert.False(call.Headers.ContainsKey("Cookie"));
        Assert.False(call.Headers.ContainsKey("traceparent"));
    }

    [Fact]
    public async Task Where_that_secret_is_gone_the_newest_signs()
    {
        await using var pool = await CallbackPool.StartAsync(secrets: [CallbackPool.Second, CallbackPool.First]);
        await pool.BecomesAsync(await pool.ArriveAsync(signedWith: "a-secret-of-old"), "delivered");

        Assert.NotNull(Assert.Single(pool.Receiver.Calls).Token(CallbackPool.Second));
    }

    [Fact]
    public async Task Where_only_SHA512_may_sign_the_token_is_HS512()
    {
        await using var pool = await CallbackPool.StartAsync(algorithms: ChecksumAlgorithms.Of(ChecksumAlgorithm.Sha512));
        await pool.BecomesAsync(await pool.ArriveAsync(), "delivered");

        var call = Assert.Single(pool.Receiver.Calls);
        Assert.Null(call.Token(CallbackPool.First));
        Assert.NotNull(call.Token(CallbackPool.First, TokenAlgorithm.HS512));
    }

    [Fact]
    public async Task Two_runs_of_one_meetingID_each_have_their_own_called()
    {
        await using var pool = await CallbackPool.StartAsync();
        await pool.RecordedAsync("rec-1", CallbackPool.First, callbacks: ("bbb-recording-ready-url", pool.Receiver.Url("/one")));
        await pool.RecordedAsync("rec-2", CallbackPool.Second, callbacks: ("bbb-recording-ready-url", pool.Receiver.Url("/two")));
        await pool.RecordedAsync("rec-3", CallbackPool.First);

        foreach (var record in new[] { "rec-3", "rec-2", "rec-1" }) await pool.Pool.PublishAsync(new RecordingArrived(Guid.NewGuid(), record));
        await DeliveredAsync(pool, 2);

        var calls = pool.Receiver.Calls.OrderBy(c => c.Target, StringComparer.Ordinal).ToList();
        Assert.Equal(["/one", "/two"], calls.Select(c => c.Target));
        Assert.Equal(("room", "rec-1"), (calls[0].Token(CallbackPool.First)!.Text("meeting_id"), calls[0].Token(CallbackPool.First)!.Text("record_id")));
        Assert.Equal("rec-2", calls[1].Token(CallbackPool.Second)!.Text("record_id"));
    }

    [Fact]
    public async Task Of_several_names_the_first_in_BBB_s_order_counts()
    {
        await using var pool = await CallbackPool.StartAsync();
        await pool.RecordedAsync(
            "rec-1", CallbackPool.First,
            callbacks: [("canvas-recording-ready-url", pool.Receiver.Url("/canvas")), ("bbb-recording-ready-url", pool.Receiver.Url("/bbb")), ("bn-recording-ready-url", pool.Receiver.Url("/bn"))]);
        await pool.RecordedAsync(
            "rec-2", CallbackPool.First,
            callbacks: [("canvas-recording-ready-url", pool.Receiver.Url("/canvas")), ("bbb-recording-ready-url", pool.Receiver.Url("/bbb"))]);

        await pool.Pool.PublishAsync(new RecordingArrived(Guid.NewGuid(), "rec-1"));
        await pool.Pool.PublishAsync(new RecordingArrived(Guid.NewGuid(), "rec-2"));
        await DeliveredAsync(pool, 2);

        Assert.Equal(["/bbb", "/bn"], pool.Receiver.Calls.Select(c => c.Target).Order());
    }

    [Fact]
    public async Task An_import_is_told_once_and_every_other_import_too_also_of_one_that_is_not_published()
    {
        await using var pool = await CallbackPool.StartAsync(hosts: 2);
        await pool.RecordedAsync("rec-1", CallbackPool.First, published: false, callbacks: ("bn-recording-ready-url", pool.Receiver.Url()));
        var (first, second) = (new RecordingArrived(Guid.NewGuid(), "rec-1"), new RecordingArrived(Guid.NewGuid(), "rec-1"));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => pool.Pool.PublishAsync(first)));
        await DeliveredAsync(pool, 1);
        await pool.Pool.InvokeAsync(first);
        await pool.Pool.InvokeAsync(second);
        await DeliveredAsync(pool, 2);

        Assert.Equal(2, pool.Receiver.Calls.Count);
    }

    [Fact]
    public async Task Nobody_is_told_of_a_recording_that_is_gone_or_whose_run_is_not_ours()
    {
        await using var pool = await CallbackPool.StartAsync();
        await pool.RecordedAsync("rec-1", CallbackPool.First, callbacks: ("bn-recording-ready-url", pool.Receiver.Url()));
        await pool.Pool.AppendAsync(Streams.Recording("rec-1"), new RecordingDeleted("rec-1", "a person", DateTimeOffset.UtcNow));

        await pool.Pool.InvokeAsync(new RecordingArrived(Guid.NewGuid(), "rec-1"));
        await pool.Pool.InvokeAsync(new RecordingArrived(Guid.NewGuid(), "rec-unknown"));

        Assert.Equal(0, await pool.Pool.Database.ScalarAsync<long>("select count(*) from callback_queue"));
    }

    [Fact]
    public async Task Where_the_run_named_nobody_or_is_none_of_ours_those_of_the_load_balancer_before_us_count()
    {
        await using var pool = await CallbackPool.StartAsync();
        await using (var session = pool.Pool.Store.LightweightSession())
        {
            foreach (var meetingId in new[] { "room", "named" })
            {
                var store = SecretVault.Store(pool.Pool.Vault.Seal(
                    InheritedCallbacks.OwnerOf(meetingId), RunCallbacks.Kind("bn-recording-ready-url"), 1, pool.Receiver.Url("/inherited")));
                session.QueueSqlCommand(store.Sql, store.Values);
            }

            await session.SaveChangesAsync();
        }

        await pool.RecordedAsync("rec-quiet", CallbackPool.First);
        await pool.RecordedAsync("rec-named", CallbackPool.First, "named", callbacks: ("bbb-recording-ready-url", pool.Receiver.Url("/named")));
        await pool.RecordedAsync("rec-other", CallbackPool.First, "other");
        await pool.Pool.AppendAsync(Streams.Recording("rec-unknown"), new RecordingImported(
            "rec-unknown", "", Guid.NewGuid(), null,
            new RecordingDescription("rec-unknown", "room", null, "Room", 1, 2, null, null, false, null, [], new Dictionary<string, string>()),
            new RecordingFormat("presentation", "/playback", 1, null, null, [], 1, 1, null), RecordingPlace.Published, true, DateTimeOffset.UtcNow));
        foreach (var record in new[] { "rec-quiet", "rec-named", "rec-other", "rec-unknown" }) await pool.Pool.InvokeAsync(new RecordingArrived(Guid.NewGuid(), record));
        await DeliveredAsync(pool, 3);

        Assert.Equal(
            ["/inherited rec-quiet room", "/inherited rec-unknown room", "/named rec-named named"],
            pool.Receiver.Calls.Select(call => $"{call.Target} {call.Token(CallbackPool.First)!.Text("record_id")} {call.Token(CallbackPool.First)!.Text("meeting_id")}").Order());
    }

    [Fact]
    public async Task No_URL_and_no_secret_is_in_an_event_or_a_row_and_after_delivery_none_is_kept()
    {
        await using var pool = await CallbackPool.StartAsync();
        var delivered = await pool.ArriveAsync("rec-1", pool.Receiver.Url("/ready?token=a-capability"));
        await pool.BecomesAsync(delivered, "delivered");
        pool.Receiver.Status = _ => 500;
        var failing = await pool.ArriveAsync("rec-2", pool.Receiver.Url("/ready?token=a-capability"));
        await pool.AttemptedAsync(failing, 1);

        foreach (var hidden in new[] { "a-capability", CallbackPool.First, "signed_parameters" })
        {
            var like = $"%{hidden}%";
            Assert.Equal(0, await pool.Pool.Database.ScalarAsync<long>("select count(*) from mt_events where data::text like $1 or headers::text like $1", like));
            Assert.Equal(0, await pool.Pool.Database.ScalarAsync<long>("select count(*) from callback_queue q where to_jsonb(q)::text like $1", like));
            Assert.Equal(0, await pool.Pool.Database.ScalarAsync<long>("select count(*) from message m where to_jsonb(m)::text like $1", like));
        }

        Assert.Empty(await pool.Pool.Vault.OpenAsync(CallbackSecrets.OwnerOf(delivered), CallbackSecrets.UrlKind));
        Assert.Single(await pool.Pool.Vault.OpenAsync(CallbackSecrets.OwnerOf(failing), CallbackSecrets.UrlKind));
    }

    private static Task DeliveredAsync(CallbackPool pool, int callbacks) => Eventually.HoldsAsync(
        $"{callbacks} are delivered",
        async () => await pool.Pool.Database.ScalarAsync<long>("select count(*) from callback_queue where state = 'delivered'") == callbacks);
}
