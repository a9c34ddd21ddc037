using Scalelite.Domain;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Recordings;

namespace Scalelite.Projections.Tests.Histories;

/// <summary>Archives of every fate.</summary>
internal static class ImportStory
{
    public static void Tell(Story story)
    {
        // All goes well at the second try.
        Of(1,
            new ArchiveReceived(Id(1), "rec-1.tar", 4096, ArchiveSource.Spool, null, Given.At(200)),
            Checked(1, "presentation", "video"),
            new ImportFailed(Id(1), 1, "No space left on device", Given.At(210), Given.At(202)),
            Staged(1, "presentation"),
            new FormatInPlace(Id(1), "rec-1", "presentation", Given.At(212)),
            new FormatImported(Id(1), "rec-1", "presentation", Given.At(213)),
            Staged(1, "video"),
            new FormatInPlace(Id(1), "rec-1", "video", Given.At(214)),
            new FormatImported(Id(1), "rec-1", "video", Given.At(215)),
            new ImportCompleted(Id(1), Given.At(216)));

        // One format stays out.
        Of(2,
            new ArchiveReceived(Id(2), "rec-2.tar.gz", 512, ArchiveSource.Upload, "a", Given.At(200)),
            Checked(2, "presentation", "notes"),
            new FormatRefused(Id(2), "rec-2", "notes", "its XML is ill-formed", Given.At(201)),
            Staged(2, "presentation"),
            new ArchiveQuarantined(Id(2), "notes/rec-2: its XML is ill-formed", Given.At(220)));

        // Tried again by a person: one from the beginning, one at once.
        Of(3,
            new ArchiveReceived(Id(3), "rec-3.tar", 7, ArchiveSource.Spool, null, Given.At(200)),
            new ArchiveQuarantined(Id(3), "it is no tar archive", Given.At(201)),
            new ImportRetried(Id(3), Given.At(230)));
        Of(4,
            new ArchiveReceived(Id(4), "rec-4.tar", 8, ArchiveSource.Spool, null, Given.At(200)),
            Checked(4, "podcast"),
            new ImportFailed(Id(4), 1, "Permission denied", Given.At(210), Given.At(202)),
            new ImportRetried(Id(4), Given.At(203)));

        void Of(int import, params object[] events)
        {
            foreach (var @event in events) story.Tell(Streams.Import(Id(import)), @event);
        }
    }

    private static ArchiveChecked Checked(int import, params string[] formats) =>
        new(Id(import), [.. formats.Select(format => new ArchivedFormat($"rec-{import}", format))], 12, 9000, Given.At(201));

    private static FormatStaged Staged(int import, string format) => new(
        Id(import), $"rec-{import}", format, RecordingPlace.Published, $"/p/.staging/{import}/{format}", $"/p/{format}/rec-{import}", $"/p/.aside/{import}/{format}",
        Given.At(211));

    private static Guid Id(int n) => new(n, 3, 3, new byte[8]);
}
