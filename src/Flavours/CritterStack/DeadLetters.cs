using System.Text;
using Scalelite.EventLog;
using Wolverine.Persistence.Durability;
using Wolverine.Persistence.Durability.DeadLetterManagement;
using IDeadLetters = Scalelite.EventLog.IDeadLetters;

namespace Scalelite.Flavour;

/// <summary>The dead letters of Wolverine, in its table <c>wolverine_dead_letters</c>.</summary>
internal sealed class DeadLetters(IMessageStore store) : IDeadLetters
{
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(int limit = 100, string? messageType = null, CancellationToken cancellation = default)
    {
        // Wolverine gives the oldest first, in pages: the latest are on the last ones.
        var query = new DeadLetterEnvelopeQuery { MessageType = messageType, Replayable = false, PageSize = limit, PageNumber = 1 };
        var first = await store.DeadLetters.QueryAsync(query, cancellation);
        var letters = first.Envelopes;
        if (first.TotalCount > limit)
        {
            letters = [];
            var last = ((first.TotalCount - 1) / limit) + 1;
            foreach (var page in (int[])[last - 1, last])
            {
                query.PageNumber = page;
                letters.AddRange((await store.DeadLetters.QueryAsync(query, cancellation)).Envelopes);
            }
        }

        return [.. letters.OrderByDescending(letter => letter.SentAt).Take(limit).Select(Read)];
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
