using Scalelite.Domain;
using Scalelite.Domain.AdminTokens;
using Scalelite.Domain.DeadLetters;

namespace Scalelite.Projections.Tests.Histories;

/// <summary>All that happens to tokens of the admin API, and what people do with dead letters.</summary>
internal static class AdminTokenStory
{
    public static void Tell(Story story)
    {
        var (live, revoked, letter) = (Id(401), Id(402), Id(403));
        story.Tell(Streams.AdminToken(live), Issued(live, "dashboard", AdminRole.Viewer, 'a'));
        story.Tell(Streams.AdminToken(revoked), Issued(revoked, "ansible", AdminRole.Admin, 'b'));
        story.Tell(Streams.AdminToken(revoked), new AdminTokenRevoked(revoked, Given.At(20)));
        story.Tell(Streams.DeadLetter(letter), new DeadLetterReplayed(letter, "Scalelite.Workers.Callbacks.CallBack", Given.At(21)));
    }

    private static AdminTokenIssued Issued(Guid id, string name, AdminRole role, char hash) => new(id, name, role, new string(hash, 64), Given.At(3600), Given.At(10));

    private static Guid Id(int n) => new(n, 0, 0, [0, 0, 0, 0, 0, 0, 0, (byte)(n % 256)]);
}
