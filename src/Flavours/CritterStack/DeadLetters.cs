using System.Text;
using Scalelite.EventLog;
using Wolverine.Persistence.Durability;
using Wolverine.Persistence.Durability.DeadLetterManagement;
using IDeadLetters = Scalelite.EventLog.IDeadLetters;

namespace Scalelite.Flavour;

/// <summary>The dead letters of Wolverine, in its table <c>wolverine_dead_letters</c>.</summary>
internal sealed class DeadLetters(IMessageStore store) : IDeadLetters
{
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(
        int limit = 100, string? messageType = null, int offset = 0, CancellationToken cancellation = default)
    {
        // Wolverine gives the oldest first, in pages: what is asked for lies on one of them or on two, counted from the end.
        var query = new DeadLetterEnvelopeQuery { MessageType = messageType, Replayable = false, PageSize = limit, PageNumber = 1 };
        var first = await store.DeadLetters.QueryAsync(query, cancellation);
        var end = first.TotalCount - offset;
        if (end <= 0) return [];
        var start = Math.Max(0, end - limit);
        var (firstPage, lastPage) = ((start / limit) + 1, ((end - 1) / limit) + 1);
        var letters = new List<DeadLetterEnvelope>();
        for (var page = firstPage; page <= lastPage; page++)
        {
            query.PageNumber = page;
            letters.AddRange(page == 1 ? first.Envelopes : (await store.DeadLetters.QueryAsync(query, cancellation)).Envelopes);
        }

        return [.. letters.Skip(start - ((firstPage - 1) * limit)).Take(end - start).OrderByDescending(letter => letter.SentAt).Select(Read)];
    }

    public async Task<DeadLetter?> FindAsync(Guid id, CancellationToken cancellation = default) =>
        await store.DeadLetters.DeadLetterEnvelopeByIdAsync(id) is { } letter ? Read(letter) : null;

    public async Task<long> CountAsync(CancellationToken cancellation = default) =>
        (await store.DeadLetters.QueryAsync(new DeadLetterEnvelopeQuery { Replayable = false, PageSize = 1 }, cancellation)).TotalCount;

    public async Task<bool> ReplayAsync(Guid id, CancellationToken cancellation = default)
    {
        if (await store.DeadLetters.DeadLetterEnvelopeByIdAsync(id) is null) return false;
        await store.DeadLetters.ReplayAsync(new DeadLetterEnvelopeQuery([id]), cancellation);
        return true;
    }

    public async Task<long> ReplayAllAsync(CancellationToken cancellation = default)
    {
        var count = await CountAsync(cancellation);
        await store.DeadLetters.ReplayAsync(new DeadLetterEnvelopeQuery(), cancellation);
        return count;
    }

    private static DeadLetter Read(DeadLetterEnvelope letter) => new(
        letter.Id, letter.MessageType, Encoding.UTF8.GetString(letter.Envelope.Data ?? []), $"{letter.ExceptionType}: {letter.ExceptionMessage}", letter.SentAt);
}
