using System.CommandLine;
using System.Globalization;
using Scalelite.Api.Configuration;
using Scalelite.Domain.Keeping;
using Scalelite.Workers.Keeping;

namespace Scalelite.Api.CommandLine.Keeping;

/// <summary><c>scalelite forget</c>: names and metadata are overwritten in the history itself.</summary>
internal static class ForgetCommand
{
    private static readonly Column<ForgottenEvent>[] Columns =
    [
        new("number", row => row.Number.ToString(CultureInfo.InvariantCulture), IsNumber: true),
        new("stream", row => row.Stream),
        new("fields", row => string.Join(", ", row.Fields)),
    ];

    public static Command Create() => new("forget", "Overwrite names and metadata in the history with null, for good; an event tells who did it, why, and where")
    {
        Of("recording", "A deleted recording: its name, its metadata, the words on its slides", "recordID", id => new ForgetSubject.Recording(id), canForce: true),
        Of(
            "meeting", "A run of a meeting that is over: its name and metadata, and the callback URLs of its create", "INSTANCE: see meetings info",
            id => Guid.TryParse(id, out var instance) ? new ForgetSubject.Meeting(instance) : null, canForce: false),
        Of(
            "tenant", "A tenant that was removed: its names and settings, and all its meetings and recordings", "The tenant's id",
            id => new ForgetSubject.Tenant(id), canForce: true),
    };

    private static Command Of(string name, string description, string idDescription, Func<string, ForgetSubject?> subjectOf, bool canForce)
    {
        var id = new Argument<string>("ID") { Description = idDescription };
        var dryRun = new Option<bool>("--dry-run") { Description = "Forget nothing: show what would be" };
        var force = new Option<bool>("--force") { Description = "Also what is not deleted: it goes on without name and metadata" };
        var yes = CommonOptions.Yes();
        var json = CommonOptions.Json();
        var command = new Command(name, description) { id, dryRun, yes, json };
        if (canForce) command.Add(force);
        return command.Runs(Needs.Database | Needs.SealedSecrets, (scope, cancellation) => subjectOf(scope.Get(id)) is { } subject
            ? RunAsync(scope, subject, canForce && scope.Get(force), scope.Get(dryRun), scope.Get(yes), scope.Get(json), cancellation)
            : Task.FromResult(scope.Refuse($"'{Listing.Printable(scope.Get(id))}' is no instance of a meeting: see meetings info")));
    }

    private static async Task<int> RunAsync(
        CommandScope scope, ForgetSubject subject, bool force, bool dryRun, bool yes, bool asJson, CancellationToken cancellation)
    {
        if (!dryRun && string.IsNullOrWhiteSpace(scope.Actor.Reason)) return scope.Refuse("--reason is missing: it stays in the history in the place of what is forgotten");
        if (!dryRun && !scope.Confirmed(yes, $"Forget {Listing.Printable(subject.ToString()!)}? This cannot be undone.")) return scope.Refuse("Nothing was done");
        switch (await scope.Get<Forgetting>().ForgetAsync(subject, scope.Actor, force, dryRun, cancellation))
        {
            case ForgetOutcome.Refused refused:
                return scope.Refuse(Listing.Printable(refused.Why));
            case ForgetOutcome.Done done:
                var code = scope.WriteList(done.Events, asJson, "There was nothing left to forget", Columns);
                if (!asJson && done.Secrets > 0)
                    await scope.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{done.Secrets} sealed secrets {(dryRun ? "would be" : "were")} removed"));
                return code;
            default:
                return scope.Refuse($"There is no {Listing.Printable(subject.ToString()!)}");
        }
    }
}
