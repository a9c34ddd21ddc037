using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Scalelite.BigBlueButton.Answers;
using Scalelite.Domain.Callbacks;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Recordings;
using Scalelite.Simulator.Recordings;

namespace Scalelite.Api.Demo;

/// <summary>
/// What becomes of the classes that were recorded: their nodes publish them, they are imported and listed, the LMS is told, one is watched, and
/// one is unpublished.
/// </summary>
internal sealed class SchoolRecordings(DemoPool pool, Story story, DemoNarrator narrator, SchoolClient lms, SchoolMailbox mailbox)
{
    private const string Format = "video";
    private const string Media = "video-0.m4v";
    private const int RangeBytes = 1024;

    /// <summary>From the nodes' archives to what people see.</summary>
    /// <param name="classes">Those that were recorded and are over.</param>
    /// <param name="began">When the day began.</param>
    /// <param name="met">Told what was met.</param>
    /// <exception cref="UnmetExpectationException">Something did not go as told.</exception>
    public async Task RunAsync(IReadOnlyList<SchoolClass> classes, DateTimeOffset began, Func<string, Task> met, CancellationToken cancellation)
    {
        narrator.Title($"{EventLines.Count(classes.Count, "class", "classes")} were recorded: their nodes publish them");
        List<PublishedRecording> Sent() => [.. pool.Nodes.SelectMany(node => node.Published).Where(sent => sent.At >= began && IsOf(classes, sent))];
        await story.UntilAsync("the nodes publish each recorded class in two formats", () => Sent().Count >= 2 * classes.Count, cancellation);
        foreach (var node in pool.Nodes)
        {
            foreach (var sent in node.Published.Where(sent => sent.At >= began && IsOf(classes, sent)))
            {
                narrator.Happened(sent.At, new(node.Name, $"the node itself: sent {EventLines.Short(sent.Archive)} of {sent.MeetingId} with {string.Join(" and ", sent.Formats)}"));
            }
        }

        Expect(Sent().All(sent => sent.Failure is null), "every archive arrives in the spool", $"{Sent().FirstOrDefault(sent => sent.Failure is not null)?.Failure}");
        var recordIds = Sent().Select(sent => sent.RecordId).Distinct().ToList();
        await ImportedAsync(recordIds, met, cancellation);
        var listed = await ListedAsync(classes, met, cancellation);
        await ToldAsync(recordIds, met, cancellation);
        var hidden = listed[0];
        var kept = listed[^1];
        var page = await WatchedAsync(kept, met, cancellation);
        await UnpublishedAsync(hidden, met, cancellation);
        narrator.Note($"{kept.Name} can be watched as long as the demo runs: {page}");
    }

    private static bool IsOf(IReadOnlyList<SchoolClass> classes, PublishedRecording sent) => classes.Any(lesson => lesson.MeetingId == sent.MeetingId);

    private static void Expect(bool isSo, string expectation, string instead)
    {
        if (!isSo) throw new UnmetExpectationException($"{expectation}; {instead}");
    }

    private async Task ImportedAsync(List<string> recordIds, Func<string, Task> met, CancellationToken cancellation)
    {
        await story.UntilAsync(
            "every archive is imported",
            () =>
            {
                var archives = story.Today<ArchiveReceived>().Where(e => recordIds.Any(id => e.Name.StartsWith(id, StringComparison.Ordinal))).ToList();
                var completed = story.Today<ImportCompleted>().Select(e => e.ImportId).ToHashSet();
                var imported = story.Today<RecordingImported>();
                return archives.All(e => completed.Contains(e.ImportId))
                    && recordIds.TrueForAll(id => imported.Where(e => e.RecordId == id).Select(e => e.Format.Format).Distinct().Count() == 2);
            },
            cancellation);
        var left = recordIds.Where(id => File.Exists(Path.Combine(pool.Spool, $"{id}.tar"))).ToList();
        Expect(left.Count == 0, "an archive that is in is removed from the spool", $"{left.FirstOrDefault()}.tar is there");
        await met($"{EventLines.Count(recordIds.Count, "recording")} imported, each in two formats, and no archive is left in the spool");
    }

    private async Task<List<RecordedClass>> ListedAsync(IReadOnlyList<SchoolClass> classes, Func<string, Task> met, CancellationToken cancellation)
    {
        var newest = new List<RecordedClass>();
        foreach (var lesson in classes)
        {
            var listed = await lms.RecordingsAsync(lesson, cancellation);
            var state = listed is [var first, ..] ? $"{first.State} in {first.Formats.Count}" : "not listed";
            Expect(listed is [{ State: "published", Formats.Count: 2 }, ..], $"{lesson.Name} is listed as published in two formats", $"it is {state}");
            newest.Add(listed[0]);
        }

        await met($"getRecordings lists {string.Join(" and ", newest.Select(listed => listed.Name))}, published, as {string.Join(" and ", newest[0].Formats.Keys)}");
        return newest;
    }

    private async Task ToldAsync(List<string> recordIds, Func<string, Task> met, CancellationToken cancellation)
    {
        await story.UntilAsync(
            "the LMS is told of every recording",
            () =>
            {
                var delivered = story.Today<CallbackDelivered>().Select(e => e.CallbackId).ToHashSet();
                var owed = story.Today<CallbackRegistered>().Where(e => e.Kind == CallbackKind.RecordingReady && recordIds.Contains(e.RecordId ?? "")).ToList();
                return recordIds.TrueForAll(id => mailbox.Told.Any(told => told.RecordId == id))
                    && recordIds.TrueForAll(id => owed.Any(e => e.RecordId == id)) && owed.TrueForAll(e => delivered.Contains(e.CallbackId));
            },
            cancellation);
        await met("the LMS was told that they can be played, signed with its own secret");
    }

    private async Task<Uri> WatchedAsync(RecordedClass recording, Func<string, Task> met, CancellationToken cancellation)
    {
        var page = await lms.OpenAsync(recording.Formats[Format], cancellation);
        Expect(
            page.Status == HttpStatusCode.OK && page.Html.Contains(Media, StringComparison.Ordinal),
            $"the page of {recording.Name} plays {Media}", $"the answer is {(int)page.Status}");
        using var part = await lms.PartAsync(new Uri(page.Url, Media), new RangeHeaderValue(0, RangeBytes - 1), cancellation);
        var range = part.Content.Headers.ContentRange;
        Expect(
            part.StatusCode == HttpStatusCode.PartialContent && range is { From: 0, To: RangeBytes - 1, Length: > RangeBytes },
            $"a part of {Media} is sent", $"the answer is {(int)part.StatusCode} {range}");
        await met(string.Create(CultureInfo.InvariantCulture, $"{recording.Name} plays: its page, and of {Media} the {range}"));
        return page.Url;
    }

    private async Task UnpublishedAsync(RecordedClass recording, Func<string, Task> met, CancellationToken cancellation)
    {
        narrator.Title($"{recording.Name} is unpublished");
        var page = await lms.OpenAsync(recording.Formats[Format], cancellation);
        Expect(page.Status == HttpStatusCode.OK, $"{recording.Name} plays before", $"the answer is {(int)page.Status}");
        var answer = await lms.PublishAsync(recording.RecordId, publish: false, cancellation);
        Expect(answer.Kind == NodeAnswerKind.Success, $"{recording.Name} is unpublished", $"the answer is {answer.Kind} {answer.MessageKey}".TrimEnd());
        await story.UntilAsync(
            $"the files of {recording.Name} are where nobody is served from",
            () => story.Today<RecordingUnpublished>().Any(e => e.RecordId == recording.RecordId)
                && story.Today<RecordingFormatMoved>().Count(e => e.RecordId == recording.RecordId && e.Place == RecordingPlace.Unpublished) >= recording.Formats.Count,
            cancellation);
        foreach (var url in new[] { recording.Formats[Format], new Uri(page.Url, Media) })
        {
            var gone = await lms.OpenAsync(url, cancellation);
            Expect(gone.Status == HttpStatusCode.NotFound, $"{url.AbsolutePath} is gone", $"the answer is {(int)gone.Status}");
        }

        await met("its page and its video are gone: 404");
    }
}
