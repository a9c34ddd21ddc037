using System.Globalization;

namespace Scalelite.Api.CommandLine.Explain;

/// <summary>A story as text, for a person.</summary>
internal static class StoryText
{
    private const int Indent = 26;
    private const int MinutesListed = 15;

    /// <summary>To the second, UTC.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Writes it.</summary>
    public static void Write(TextWriter to, MeetingStory story)
    {
        Head(to, story);
        to.WriteLine();
        if (story.Asked is { } asked) WriteAsked(to, story, asked);
        var joins = story.Joins.ToList();
        for (var i = 0; i < story.Steps.Count; i++)
        {
            WriteStep(to, story.Steps[i]);
            WriteJoins(to, joins, i + 1 < story.Steps.Count ? story.Steps[i + 1] : null);
        }

        Afterwards(to, story);
    }

    private static void Head(TextWriter to, MeetingStory story)
    {
        Line(to, "meeting", story.MeetingId);
        Line(to, "name", story.Name);
        Line(to, "tenant", story.TenantId.Length == 0 ? null : story.Tenant is { } name ? $"{name} ({story.TenantId})" : story.TenantId);
        Line(to, "run", story.Instance.ToString());
        Line(to, "state", story.State switch
        {
            "ended" => $"ended, {Lasted(story)}",
            "failed" => $"failed: {story.How}",
            _ => $"{story.State} on {story.Server}",
        });
        foreach (var id in story.InternalMeetingIds) Line(to, id == story.InternalMeetingIds[0] ? "internal id" : "", $"{id.InternalMeetingId} in the logs of {id.Server}");
        Line(to, "voice bridge", story.VoiceBridge);
        if (story.Size is { } size)
            Line(to, "users", string.Create(CultureInfo.InvariantCulture, $"at most {size.Peak}, {size.Mean:0.#} in the mean  {Sparkline.Of([.. size.Curve.Select(n => (double)n)])}"));
        Line(to, "joins", story.JoinsRouted.ToString(CultureInfo.InvariantCulture));
    }

    private static string Lasted(MeetingStory story) => story.EndedAt is { } ended && (story.StartedAt ?? story.PlacedAt) is var began && ended >= began
        ? string.Create(CultureInfo.InvariantCulture, $"after {(ended - began).TotalMinutes:0.#} minutes on {story.Server}")
        : $"on {story.Server}";

    private static void WriteAsked(TextWriter to, MeetingStory story, StoryAsking asked)
    {
        List<string> parts = [$"a create came to {asked.Actor ?? "us"}"];
        if (story.TenantId.Length > 0) parts.Add($"of tenant {story.Tenant ?? story.TenantId}");
        if (asked.RequestId is { } request) parts.Add($"request {request}");
        if (asked.SecretFingerprint is { } fingerprint) parts.Add($"signed with the secret of fingerprint {fingerprint}");
        Happened(to, asked.At, string.Join(", ", parts));
    }

    private static void WriteStep(TextWriter to, StoryStep step)
    {
        Happened(to, step.At, step.Text);
        if (step.Choice is { } choice) WriteChoice(to, choice);
        List<string> origin = [string.Create(CultureInfo.InvariantCulture, $"event {step.Number}")];
        if (step.Actor is { } actor) origin.Add($"by {actor}");
        if (step.Reason is { } reason) origin.Add($"because: {reason}");
        if (step.CorrelationId is { } correlation) origin.Add($"correlation {correlation}");
        if (step.CausationId is { } causation) origin.Add($"causation {causation}");
        More(to, $"({string.Join(", ", origin)})");
    }

    private static void WriteChoice(TextWriter to, StoryChoice choice)
    {
        More(to, $"policy {choice.Policy}{(choice.Tag is { } tag ? $", tag {tag} asked for" : "")}");
        if (choice.Considered.Count > 0) WriteCandidates(to, choice);
        if (choice.NoCandidates is { Count: > 0 } none)
        {
            foreach (var why in none.GroupBy(server => server.Why, StringComparer.Ordinal))
                More(to, $"no candidates, {why.Key}: {Some([.. why.Select(server => server.Server)])}");
        }

        if (choice.Together.Count > 0)
        {
            More(to, string.Create(
                CultureInfo.InvariantCulture,
                $"placed together with {choice.Together.Sum(other => other.Placements)} more: {Some([.. choice.Together.Select(other => $"{other.Placements} on {other.Server}")])}"));
        }
    }

    private static void WriteCandidates(TextWriter to, StoryChoice choice)
    {
        string[][] rows =
        [
            ["candidate", "state", "tag", "load", "reserved", "meetings", "poll age"],
            .. choice.Considered.Select(c => (string[])
            [
                c.Server, c.State ?? "", c.Tag ?? "", Number(c.Load), Number(c.Reserved), Number(c.Meetings), c.PollAgeSeconds is { } age ? $"{Number((decimal)age)} s" : "never",
            ]),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => Listing.Printable(row[column]).Length)).ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            // Names to the left, numbers to the right; the chosen one comes first.
            var cells = rows[i].Select((cell, column) => column < 3 ? Listing.Printable(cell).PadRight(widths[column]) : cell.PadLeft(widths[column]));
            More(to, $"{(i == 1 ? '*' : ' ')} {string.Join("  ", cells)}".TrimEnd());
        }

        if (choice.Candidates > choice.Considered.Count)
            More(to, string.Create(CultureInfo.InvariantCulture, $"  and {choice.Candidates - choice.Considered.Count} more with a higher load"));
    }

    /// <summary>The joins before the next step, two lines a server.</summary>
    private static void WriteJoins(TextWriter to, List<StoryJoins> left, StoryStep? next)
    {
        var now = left.Where(joins => IsBefore(joins, next)).ToList();
        left.RemoveAll(now.Contains);
        foreach (var server in now.GroupBy(minute => minute.Server, StringComparer.Ordinal))
        {
            var minutes = server.ToList();
            var later = minutes.Skip(MinutesListed).ToList();
            var listed = string.Join(", ", minutes.Take(MinutesListed).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Minute.UtcDateTime:HH:mm} {m.Joins}")));
            var (sum, from) = (minutes.Sum(m => m.Joins), minutes[0].Minute.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture));
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{from,-Indent}{sum} {(sum == 1 ? "join" : "joins")} sent to {Listing.Printable(server.Key)}  {Curve(minutes)}").TrimEnd());
            More(to, later.Count == 0 ? listed : string.Create(CultureInfo.InvariantCulture, $"{listed}, and {later.Sum(m => m.Joins)} in {later.Count} later minutes"));
        }
    }

    /// <summary>A minute comes before what happened after it was over, and before what ended the joining in it.</summary>
    private static bool IsBefore(StoryJoins joins, StoryStep? next) =>
        next is null || joins.Minute.AddMinutes(1) <= next.At
        || (joins.Minute <= next.At && (next.Kind is "meeting_ended" or "meeting_end_called" || (next.Kind == "meeting_moved" && joins.ServerId != next.ServerId)));

    /// <summary>A bar for each minute from the first to the last, also for those without a join; of a long time none.</summary>
    private static string Curve(List<StoryJoins> minutes)
    {
        var length = (int)(minutes[^1].Minute - minutes[0].Minute).TotalMinutes + 1;
        if (length is 1 or > 120) return "";
        var values = new double[length];
        foreach (var minute in minutes) values[(int)(minute.Minute - minutes[0].Minute).TotalMinutes] += minute.Joins;
        return Sparkline.Of(values);
    }

    private static void Afterwards(TextWriter to, MeetingStory story)
    {
        if (story.Recordings.Count + story.Callbacks.Count + story.OtherRuns.Count > 0) to.WriteLine();
        foreach (var recording in story.Recordings) Line(to, "recording", Told(story, recording));
        if (story is { Record: true, Recordings.Count: 0, State: "ended" }) Line(to, "recording", "none came, though the create asked for one");
        foreach (var callback in story.Callbacks) Line(to, "callback", Told(callback));
        foreach (var run in story.OtherRuns)
            Line(to, "other run", $"{run.Instance} {run.State} on {run.Server}, placed at {Time(run.PlacedAt)}");
    }

    private static string Told(MeetingStory story, StoryRecording recording)
    {
        var came = recording.ArchivedAt is { } at ? $", its archive came at {Time(at)}{(story.EndedAt is { } ended && at > ended ? $", {Span(at - ended)} after the end" : "")}" : "";
        var import = recording.ImportId is { } id ? $" (import {id})" : "";
        return recording.ImportedAt is { } imported
            ? $"{recording.RecordId} {recording.State}{came}, imported at {Time(imported)}{import}"
            : $"{recording.RecordId} not imported yet, {recording.State}{came}{import}{(recording.Reason is { } why ? $": {why}" : "")}";
    }

    private static string Told(StoryCallback callback)
    {
        var tries = string.Create(CultureInfo.InvariantCulture, $"{callback.Attempts} {(callback.Attempts == 1 ? "attempt" : "attempts")}");
        var last = callback.LastOutcome is { } outcome && outcome != callback.State ? $": {outcome}" : "";
        return callback.State switch
        {
            "waiting" => $"{callback.Kind} to {callback.Host} waiting after {tries}{(callback.DueAt is { } due ? $", next at {Time(due)}" : "")}{last} ({callback.Id})",
            _ => $"{callback.Kind} to {callback.Host} {callback.State} after {tries}{(callback.EndedAt is { } ended ? $" at {Time(ended)}" : "")}{last} ({callback.Id})",
        };
    }

    private static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} hours"),
    };

    /// <summary>The first eight, and how many more.</summary>
    private static string Some(IReadOnlyList<string> names) => names.Count <= 8
        ? string.Join(", ", names)
        : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", names.Take(8))} and {names.Count - 8} more");

    private static string Number(decimal number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    private static void Line(TextWriter to, string title, string? text)
    {
        if (text is not null) to.WriteLine($"{title,-14}{Listing.Printable(text)}");
    }

    private static void Happened(TextWriter to, DateTimeOffset at, string text) => to.WriteLine($"{Precise(at),-Indent}{Listing.Printable(text)}");

    private static void More(TextWriter to, string text) => to.WriteLine($"{new string(' ', Indent)}{Listing.Printable(text)}");

    private static string Precise(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
