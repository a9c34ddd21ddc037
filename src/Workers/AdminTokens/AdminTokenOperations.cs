using Scalelite.Domain;
using Scalelite.Domain.AdminTokens;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.AdminTokens;

/// <summary>What operators do with tokens of the admin API, for the command line and that API alike.</summary>
public sealed class AdminTokenOperations(IDocumentStore store, TimeProvider time)
{
    private const int Tries = 8;

    /// <summary>Makes a token.</summary>
    /// <param name="name">Who or what will call.</param>
    /// <param name="life">How long it lets in.</param>
    public async Task<AdminTokenOutcome> IssueAsync(string name, AdminRole role, TimeSpan life, ChangedBy by, CancellationToken cancellation)
    {
        var (id, text) = (Guid.CreateVersion7(), AdminTokenText.New());
        var decision = AdminToken.Issue(id, name, role, AdminTokenText.HashOf(text), life, time.GetUtcNow());
        if (decision.Refusal is { } why) return new AdminTokenOutcome.Refused(why);
        await using var session = store.LightweightSession();
        session.SignedBy(by, "tokens add");
        session.Events.StartStream(Streams.AdminToken(id), [.. decision.Events]);
        await session.SaveChangesAsync(cancellation);
        return new AdminTokenOutcome.Issued(id, text, ((AdminTokenIssued)decision.Events[0]).ExpiresAt);
    }

    /// <summary>Lets a token in no more: in this process at once, in others within a second.</summary>
    public async Task<AdminTokenOutcome> RevokeAsync(Guid tokenId, ChangedBy by, CancellationToken cancellation)
    {
        for (var left = Tries - 1; ; left--)
        {
            await using var session = store.LightweightSession();
            session.SignedBy(by, "tokens revoke");
            if (await session.Events.FetchStreamStateAsync(Streams.AdminToken(tokenId), cancellation) is null) return new AdminTokenOutcome.Unknown();
            await session.DecideAsync<AdminToken>(Streams.AdminToken(tokenId), token => token.Revoke(time.GetUtcNow()), cancellation, by);
            try
            {
                await session.SaveChangesAsync(cancellation);
                return new AdminTokenOutcome.Done();
            }
            catch (EventStreamUnexpectedMaxEventIdException) when (left > 0)
            {
                // Another writer was first: decide anew.
            }
        }
    }
}

/// <summary>What came of an operation on a token.</summary>
public abstract record AdminTokenOutcome
{
    private AdminTokenOutcome()
    {
    }

    /// <summary>It is made.</summary>
    /// <param name="Token">The token itself: told now and never again.</param>
    public sealed record Issued(Guid Id, string Token, DateTimeOffset ExpiresAt) : AdminTokenOutcome;

    /// <summary>It is so now, whether or not it was before.</summary>
    public sealed record Done : AdminTokenOutcome;

    /// <summary>There is no such token.</summary>
    public sealed record Unknown : AdminTokenOutcome;

    /// <summary>No, for a reason that is a sentence for the person who asked.</summary>
    public sealed record Refused(string Why) : AdminTokenOutcome;
}
