using Scalelite.Domain.Imports;
using Scalelite.Domain.Recordings;
using Xunit;

namespace Scalelite.Domain.Tests.Imports;

public sealed class ImportTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new(1, 2, 3, new byte[8]);
    private static readonly ArchivedFormat Presentation = new("r1", "presentation");
    private static readonly ArchivedFormat Video = new("r1", "video");
    private static readonly Import Received = Import.Create(new ArchiveReceived(Id, "r1.tar", 10, ArchiveSource.Spool, null, At));
    private static readonly Import Checked = Received.Apply(new ArchiveChecked(Id, [Presentation, Video], 4, 100, At));

    [Fact]
    public void A_format_is_staged_then_put_in_place_then_catalogued()
    {
        Assert.Empty(Checked.PutInPlace(Video, At).Events);
        Assert.Empty(Checked.Catalogue(Video, At).Events);
        var staged = Checked.Apply(Assert.IsType<FormatStaged>(Assert.Single(Checked.Stage(Staging(Video)).Events)));
        Assert.Empty(staged.Catalogue(Video, At).Events);
        var inPlace = staged.Apply(Assert.IsType<FormatInPlace>(Assert.Single(staged.PutInPlace(Video, At).Events)));
        var imported = inPlace.Apply(Assert.IsType<FormatImported>(Assert.Single(inPlace.Catalogue(Video, At).Events)));
        Assert.Equal([FormatStep.Archived, FormatStep.Imported], imported.Formats.Select(format => format.Step));
        Assert.Empty(imported.Catalogue(Video, At).Events);
        Assert.Empty(imported.Complete(At).Events);
    }

    [Fact]
    public void A_lost_staging_is_made_anew()
    {
        var staged = Checked.Apply(Staging(Video));
        var again = Staging(Video) with { Staged = "/p/.other" };
        Assert.Equal("/p/.other", staged.Apply(Assert.IsType<FormatStaged>(Assert.Single(staged.Stage(again).Events))).Formats[1].Staged?.Staged);
    }

    [Fact]
    public void The_archive_is_done_with_when_every_format_is_in()
    {
        var imported = In(In(Checked, Presentation), Video);
        Assert.Equal([new ImportCompleted(Id, At)], imported.Complete(At).Events);
        Assert.False(imported.Apply(new ImportCompleted(Id, At)).IsOpen);
    }

    [Fact]
    public void One_refused_format_keeps_no_other_out_but_the_archive_is_kept()
    {
        var refused = Checked.Apply(Assert.IsType<FormatRefused>(Assert.Single(Checked.Refuse(Presentation, "no metadata.xml", At).Events)));
        Assert.Empty(refused.Complete(At).Events);
        Assert.Empty(refused.Stage(Staging(Presentation)).Events);
        var quarantined = Assert.IsType<ArchiveQuarantined>(Assert.Single(In(refused, Video).Complete(At).Events));
        Assert.Equal("presentation/r1: no metadata.xml", quarantined.Reason);
    }

    [Fact]
    public void Attempts_come_with_growing_pauses_until_something_goes_forward()
    {
        var import = Checked;
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 12; i++)
        {
            var failed = Assert.IsType<ImportFailed>(Assert.Single(import.Fail("No space left on device", At).Events));
            Assert.Equal(i + 1, failed.Attempt);
            pauses.Add(failed.RetryAt - At);
            import = import.Apply(failed);
        }

        Assert.Equal(TimeSpan.FromSeconds(2), pauses[0]);
        Assert.Equal(TimeSpan.FromSeconds(4), pauses[1]);
        Assert.Equal(TimeSpan.FromMinutes(5), pauses[^1]);
        Assert.Equal((0, null), (import.Apply(Staging(Video)).Attempts, import.Apply(Staging(Video)).Reason));
    }

    [Fact]
    public void A_quarantined_archive_is_retried_from_the_beginning_and_another_from_where_it_stands()
    {
        var quarantined = Checked.Apply(new ArchiveQuarantined(Id, "why", At));
        Assert.Empty(quarantined.Fail("x", At).Events);
        var again = quarantined.Apply(Assert.IsType<ImportRetried>(Assert.Single(quarantined.Retry(At).Events)));
        Assert.Equal((ImportPhase.Received, 0), (again.Phase, again.Formats.Count));

        var failed = Checked.Apply(Staging(Video)).Apply(new ImportFailed(Id, 3, "x", At, At));
        var goesOn = failed.Apply(Assert.IsType<ImportRetried>(Assert.Single(failed.Retry(At).Events)));
        Assert.Equal((ImportPhase.Checked, FormatStep.Staged, 0), (goesOn.Phase, goesOn.Formats[1].Step, goesOn.Attempts));
        Assert.NotNull(In(In(Checked, Presentation), Video).Apply(new ImportCompleted(Id, At)).Retry(At).Refusal);
    }

    private static FormatStaged Staging(ArchivedFormat format) =>
        new(Id, format.RecordId, format.Format, RecordingPlace.Published, "/p/.staged", "/p/x", "/p/.aside", At);

    private static Import In(Import import, ArchivedFormat format) => import
        .Apply(Staging(format))
        .Apply(new FormatInPlace(Id, format.RecordId, format.Format, At))
        .Apply(new FormatImported(Id, format.RecordId, format.Format, At));
}
