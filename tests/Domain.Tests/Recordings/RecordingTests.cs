using System.Collections.Immutable;
using Scalelite.Domain.Recordings;
using Xunit;

namespace Scalelite.Domain.Tests.Recordings;

public sealed class RecordingTests
{
    private const string Id = "183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1700000000000";
    private static readonly DateTimeOffset At = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Recording Published = Recording.Create(Imported(("bbb-origin", "Moodle"), ("name", "Algebra")));
    private static readonly Recording Deleted = Published.Apply(new RecordingDeleted(Id, "a person", At));

    [Fact]
    public void A_new_recording_is_as_its_import_says()
    {
        var decision = Recording.Import(null, Imported(("Bbb-Origin", "Moodle")) with { Published = false, Place = RecordingPlace.Unpublished });

        var recording = Recording.Create(Assert.IsType<RecordingImported>(Assert.Single(decision.Events)));
        Assert.Equal(("t1", "room", RecordingState.Unpublished, false), (recording.TenantId, recording.MeetingId, recording.State, recording.Protected));
        Assert.Equal("Moodle", recording.Metadata["bbb-origin"]);
        Assert.Equal(new FormatPlace(RecordingPlace.Unpublished, Settled: true), recording.Formats["presentation"]);
    }

    [Fact]
    public void What_people_changed_survives_a_second_import_and_what_vanished_from_the_archive_goes()
    {
        var changed = Published
            .Apply(new RecordingUnpublished(Id, At))
            .Apply(new RecordingProtected(Id, true, At))
            .Apply(new RecordingGivenToTenant(Id, "t2", At))
            .Apply(new RecordingMetadataChanged(Id, Metadata(("name", "Algebra I"), ("gl-listed", "true")), ["bbb-origin"], At));

        var again = Imported(("bbb-origin", "Moodle"), ("name", "Algebra"), ("new", "yes"));
        var decided = Assert.IsType<RecordingImported>(Assert.Single(Recording.Import(changed, again).Events));
        var recording = changed.Apply(decided);

        Assert.Equal(("t2", "t2"), (decided.TenantId, recording.TenantId));
        Assert.Equal((RecordingState.Unpublished, true), (recording.State, recording.Protected));
        Assert.Equal(Metadata(("gl-listed", "true"), ("name", "Algebra I"), ("new", "yes")), recording.Metadata.OrderBy(meta => meta.Key, StringComparer.Ordinal));
        Assert.Equal(["name"], Published.Apply(Imported(("name", "Other"))).Metadata.Keys);
    }

    [Fact]
    public void An_import_goes_where_the_recording_is()
    {
        Assert.Equal(RecordingPlace.Published, Recording.PlaceOfImport(null, published: true));
        Assert.Equal(RecordingPlace.Unpublished, Recording.PlaceOfImport(null, published: false));
        Assert.Equal(RecordingPlace.Published, Recording.PlaceOfImport(Published, published: false));
        Assert.Equal(RecordingPlace.Unpublished, Recording.PlaceOfImport(Published.Apply(new RecordingUnpublished(Id, At)), published: true));
        Assert.Equal(RecordingPlace.Unpublished, Recording.PlaceOfImport(Deleted, published: false));
    }

    [Fact]
    public void A_format_that_was_imported_into_the_wrong_place_is_not_settled()
    {
        var unpublishedMeanwhile = Published.Apply(new RecordingUnpublished(Id, At)).Apply(Imported() with { Format = Format("video") });
        Assert.Equal(new FormatPlace(RecordingPlace.Published, Settled: false), unpublishedMeanwhile.Formats["video"]);
    }

    [Fact]
    public void Callback_urls_and_LRS_credentials_of_an_archive_enter_no_event()
    {
        var decision = Recording.Import(null, Imported(("bn-recording-ready-url", "https://lms/x"), ("secret-lrs-payload", "x"), ("a", "b")));
        Assert.Equal(["a"], Assert.IsType<RecordingImported>(Assert.Single(decision.Events)).Recording.Metadata!.Keys);
    }

    [Fact]
    public void Publishing_and_unpublishing_leave_every_format_to_be_moved()
    {
        Assert.Empty(Published.Publish(At).Events);
        Assert.Equal([new RecordingUnpublished(Id, At)], Published.Unpublish(At).Events);
        var unpublished = Published.Apply(new RecordingUnpublished(Id, At));
        Assert.Equal(new FormatPlace(RecordingPlace.Published, Settled: false), unpublished.Formats["presentation"]);
        Assert.Equal([new RecordingPublished(Id, At)], unpublished.Publish(At).Events);

        // Back before the files were moved: a worker may be moving them, so they are looked at all the same.
        var back = unpublished.Apply(new RecordingPublished(Id, At));
        Assert.False(back.Formats["presentation"].Settled);
        Assert.Equal([new RecordingFormatMoved(Id, "presentation", RecordingPlace.Published, At)], back.SeeFormatMoved("presentation", RecordingPlace.Published, At).Events);
    }

    [Fact]
    public void Files_that_arrived_settle_their_format_only_where_they_belong()
    {
        var unpublished = Published.Apply(new RecordingUnpublished(Id, At));
        Assert.False(unpublished.Apply(new RecordingFormatMoved(Id, "presentation", RecordingPlace.Published, At)).Formats["presentation"].Settled);
        var settled = unpublished.Apply(new RecordingFormatMoved(Id, "presentation", RecordingPlace.Unpublished, At));
        Assert.True(settled.Formats["presentation"].Settled);
        Assert.Empty(settled.SeeFormatMoved("presentation", RecordingPlace.Unpublished, At).Events);
        Assert.Single(settled.SeeFormatMoved("presentation", RecordingPlace.Published, At).Events);
        Assert.Empty(settled.SeeFormatMoved("video", RecordingPlace.Published, At).Events);
    }

    [Theory]
    [InlineData("tenant-id")]
    [InlineData("Tenant-Id")]
    [InlineData("tenant-name")]
    [InlineData("server-tag")]
    [InlineData("secret-lrs-payload")]
    [InlineData("bn-recording-ready-url")]
    public void Reserved_metadata_can_neither_be_set_nor_removed_and_nothing_else_changes_with_them(string reserved)
    {
        foreach (var value in new[] { "x", "" })
        {
            var decision = Published.ChangeMetadata(Metadata(("name", "Other"), (reserved, value)), At);
            Assert.NotNull(decision.Refusal);
            Assert.Empty(decision.Events);
        }
    }

    [Fact]
    public void Metadata_change_by_key_in_lower_case_and_an_empty_value_removes_one()
    {
        var changed = Assert.IsType<RecordingMetadataChanged>(Assert.Single(
            Published.ChangeMetadata(Metadata(("Name", "Algebra I"), ("bbb-origin", ""), ("unknown", ""), ("x", "1")), At).Events));

        Assert.Equal(Metadata(("name", "Algebra I"), ("x", "1")), changed.Set!.OrderBy(meta => meta.Key, StringComparer.Ordinal));
        Assert.Equal(["bbb-origin"], changed.Removed);
        Assert.Empty(Published.ChangeMetadata(Metadata(("name", "Algebra"), ("unknown", "")), At).Events);
    }

    [Fact]
    public void A_deleted_recording_has_no_metadata_and_takes_no_command_but_its_files_removal()
    {
        Assert.Equal([new RecordingDeleted(Id, "retention", At)], Published.Delete("retention", At).Events);
        Assert.Equal((RecordingState.Deleted, 0, false), (Deleted.State, Deleted.Metadata.Count, Deleted.Formats["presentation"].Settled));
        Assert.Empty(Deleted.Delete("again", At).Events);
        Assert.NotNull(Deleted.Publish(At).Refusal);
        Assert.NotNull(Deleted.Unpublish(At).Refusal);
        Assert.NotNull(Deleted.Protect(true, At).Refusal);
        Assert.NotNull(Deleted.ChangeMetadata(Metadata(("a", "b")), At).Refusal);
        Assert.NotNull(Deleted.StoreTextTrack("captions", "en", "English", "upload", 9, At).Refusal);
        Assert.NotNull(Recording.Import(Deleted, Imported()).Refusal);
        Assert.Equal([new RecordingFormatRemoved(Id, "presentation", At)], Deleted.SeeFormatRemoved("presentation", At).Events);
        Assert.Empty(Deleted.SeeFormatRemoved("video", At).Events);
    }

    [Fact]
    public void A_deleted_recording_comes_back_with_an_import_once_its_files_are_gone_and_it_was_restored()
    {
        Assert.NotNull(Deleted.Restore(At).Refusal);
        var empty = Deleted.Apply(new RecordingFormatRemoved(Id, "presentation", At));
        Assert.Equal([new RecordingRestored(Id, At)], empty.Restore(At).Events);
        var restored = empty.Apply(new RecordingRestored(Id, At));
        Assert.Empty(restored.Restore(At).Events);
        Assert.True(restored.TakesImports);
        Assert.Equal(RecordingState.Deleted, restored.State);

        var back = restored.Apply(Imported(("a", "b")));
        Assert.Equal((RecordingState.Published, false, 1), (back.State, back.Restores, back.Metadata.Count));
        Assert.True(back.Formats["presentation"].Settled);
    }

    [Fact]
    public void It_is_given_to_another_tenant_in_any_state()
    {
        Assert.Empty(Published.GiveToTenant("t1", At).Events);
        Assert.Equal([new RecordingGivenToTenant(Id, "", At)], Deleted.GiveToTenant("", At).Events);
    }

    private static RecordingImported Imported(params (string Key, string Value)[] metadata) => new(
        Id, "t1", Guid.Empty, null,
        new RecordingDescription(Id, "room", Id, "Room", 1_700_000_000_000, 1_700_000_060_000, 3, 1000, false, null, [], Metadata(metadata)),
        Format("presentation"), RecordingPlace.Published, true, At);

    private static RecordingFormat Format(string name) => new(name, $"/playback/{name}/{Id}", 1, 7177, 1000, [], 3, 1000, null);

    private static ImmutableSortedDictionary<string, string> Metadata(params (string Key, string Value)[] metadata) =>
        metadata.ToImmutableSortedDictionary(meta => meta.Key, meta => meta.Value, StringComparer.Ordinal);
}
