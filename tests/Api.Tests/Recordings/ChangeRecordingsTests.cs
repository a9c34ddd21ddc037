using Scalelite.Api.Tests.Calls;
using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Scalelite.Testing;
using Xunit;

namespace Scalelite.Api.Tests.Recordings;

/// <summary>publishRecordings, updateRecordings and deleteRecordings (<c>bbb-api.md §4.2</c>).</summary>
public sealed class ChangeRecordingsTests(SharedRecordings shared) : IClassFixture<SharedRecordings>
{
    private readonly RecordingHost _host = shared.Host;

    [Theory]
    [InlineData("publishRecordings", "publish=true", "missingParamRecordID", "You must specify a recordID.")]
    [InlineData("publishRecordings", "recordID=&publish=true", "missingParamRecordID", "You must specify a recordID.")]
    [InlineData("publishRecordings", "recordID=a", "missingParamPublish", "You must specify a publish value true or false.")]
    [InlineData("publishRecordings", "recordID=a&publish=perhaps", "missingParamPublish", "You must specify a publish value true or false.")]
    [InlineData("publishRecordings", "recordID=nobody&publish=true", "notFound", "We could not find recordings")]
    [InlineData("publishRecordings", "recordID=no%00body&publish=true", "notFound", "We could not find recordings")]
    [InlineData("deleteRecordings", "", "missingParamRecordID", "You must specify a recordID.")]
    [InlineData("deleteRecordings", "recordID=nobody,neither", "notFound", "We could not find recordings")]
    [InlineData("updateRecordings", "meta_a=b", "missingParamRecordID", "You must specify a recordID.")]
    public async Task What_is_wrong_is_said_as_clients_know_it(string call, string query, string key, string message)
    {
        var reply = await _host.Lms.GetAsync(call, query);
        Assert.Equal(("FAILED", key, message), (reply.Code, reply.Key, reply.Message));
    }

    [Fact]
    public async Task Unpublished_the_files_leave_and_published_they_come_back()
    {
        var id = await _host.ImportAsync();
        await _host.ImportAsync(id, format: "video");

        var unpublished = await _host.Lms.GetAsync("publishRecordings", $"recordID={id}&publish=false");

        Assert.Equal("<response><returncode>SUCCESS</returncode><published>false</published></response>", unpublished.Text);
        Assert.Equal("unpublished", (await _host.ShowAsync(id)).Element("state")!.Value);
        Assert.False(Directory.Exists(_host.PathOf(id)));
        Assert.True(File.Exists(Path.Combine(_host.PathOf(id, "presentation", published: false), "metadata.xml")));
        Assert.True(File.Exists(Path.Combine(_host.PathOf(id, "video", published: false), "metadata.xml")));

        var published = await _host.Lms.GetAsync("publishRecordings", $"recordID={id}&publish=TRUE");

        Assert.Equal("<response><returncode>SUCCESS</returncode><published>true</published></response>", published.Text);
        Assert.Equal("published", (await _host.ShowAsync(id)).Element("state")!.Value);
        Assert.True(File.Exists(Path.Combine(_host.PathOf(id), "metadata.xml")));
        Assert.False(Directory.Exists(_host.PathOf(id, "video", published: false)));
        Assert.Equal(0L, await WorkAsync(id));
        Assert.Equal("SUCCESS", (await _host.Lms.GetAsync("publishRecordings", $"recordID={id}&publish=true")).Code);
    }

    [Fact]
    public async Task Of_several_those_that_are_found_are_changed()
    {
        var (a, b) = (await _host.ImportAsync(), await _host.ImportAsync());

        Assert.Equal("false", (await _host.Lms.GetAsync("publishRecordings", $"recordID={a},nobody,%20{b}&publish=false"))["published"]);
        Assert.Equal("unpublished", (await _host.ShowAsync(a)).Element("state")!.Value);
        Assert.Equal("unpublished", (await _host.ShowAsync(b)).Element("state")!.Value);
        Assert.Equal("true", (await _host.Lms.GetAsync("deleteRecordings", $"recordID=nobody,{b}"))["deleted"]);
        Assert.Equal("deleted", (await _host.ShowAsync(b)).Element("state")!.Value);
    }

    [Fact]
    public async Task An_id_is_exact_here_and_no_prefix()
    {
        var id = await _host.ImportAsync();

        Assert.Equal("notFound", (await _host.Lms.GetAsync("deleteRecordings", $"recordID={id[..^1]}")).Key);
        Assert.Equal("notFound", (await _host.Lms.GetAsync("publishRecordings", $"recordID={id[..^1]}&publish=false")).Key);
        Assert.Equal("published", (await _host.ShowAsync(id)).Element("state")!.Value);
    }

    [Fact]
    public async Task A_deleted_recording_is_gone_with_its_files_and_metadata()
    {
        var id = await _host.ImportAsync(metadata: [("a", "b")]);

        var reply = await _host.Lms.GetAsync("deleteRecordings", $"recordID={id}");

        Assert.Equal("<response><returncode>SUCCESS</returncode><deleted>true</deleted></response>", reply.Text);
        Assert.False(Directory.Exists(_host.PathOf(id)));
        Assert.Empty(await _host.ListAsync($"recordID={id}"));
        Assert.Equal([id], await _host.ListAsync($"recordID={id}&state=any"));
        Assert.Equal(0L, await WorkAsync(id));
        Assert.Equal("notFound", (await _host.Lms.GetAsync("deleteRecordings", $"recordID={id}")).Key);
        Assert.Equal("notFound", (await _host.Lms.GetAsync("publishRecordings", $"recordID={id}&publish=true")).Key);
        Assert.Equal("false", (await _host.Lms.GetAsync("updateRecordings", $"recordID={id}&meta_a=c"))["updated"]);
    }

    [Fact]
    public async Task Metadata_are_set_and_removed_and_survive_a_second_import()
    {
        var id = await _host.ImportAsync(metadata: [("name", "Algebra"), ("origin", "Moodle"), ("kept", "1")]);

        var reply = await _host.Lms.GetAsync("updateRecordings", $"recordID={id}&meta_NAME=Algebra+%26+I&meta_origin=&meta_gl-listed=true&meta_b_d=1&meta_=1");

        Assert.Equal("<response><returncode>SUCCESS</returncode><updated>true</updated></response>", reply.Text);
        await _host.ImportAsync(id, metadata: [("name", "Algebra"), ("origin", "Moodle"), ("kept", "2")]);
        var metadata = (await _host.ShowAsync(id)).Element("metadata")!;
        Assert.Equal(
            [("gl-listed", "true"), ("kept", "2"), ("name", "Algebra & I")],
            metadata.Elements().Select(meta => (meta.Name.LocalName, meta.Value)).OrderBy(meta => meta.LocalName, StringComparer.Ordinal));
        Assert.Equal([id], await _host.ListAsync($"recordID={id}&meta_name=Algebra+%26+I&meta_name=x"));
        Assert.Empty(await _host.ListAsync($"recordID={id}&meta_origin=Moodle"));
    }

    [Fact]
    public async Task Updated_is_false_where_nothing_changes_or_one_of_the_ids_is_unknown()
    {
        var id = await _host.ImportAsync(metadata: [("a", "1")]);

        foreach (var query in new[] { $"recordID={id}", $"recordID={id}&meta_a=1", $"recordID={id}&meta_b=", "recordID=nobody&meta_a=2" })
        {
            Assert.Equal("<response><returncode>SUCCESS</returncode><updated>false</updated></response>", (await _host.Lms.GetAsync("updateRecordings", query)).Text);
        }

        Assert.Equal("false", (await _host.Lms.GetAsync("updateRecordings", $"recordID={id},nobody&meta_a=2"))["updated"]);
        Assert.Equal("2", (await _host.ShowAsync(id)).Element("metadata")!.Element("a")!.Value);
    }

    [Fact]
    public async Task All_of_the_ids_are_protected_and_only_where_recordings_can_be()
    {
        var (a, b) = (await _host.ImportAsync(), await _host.ImportAsync());

        Assert.Equal("true", (await _host.Lms.GetAsync("updateRecordings", $"recordID={a},{b}&protect=true"))["updated"]);
        Assert.Equal("true", (await _host.ShowAsync(a)).Element("protected")!.Value);
        Assert.Equal("true", (await _host.ShowAsync(b)).Element("protected")!.Value);
        Assert.Equal("true", (await _host.Lms.GetAsync("updateRecordings", $"recordID={a}&protect=false"))["updated"]);
        Assert.Equal("false", (await _host.ShowAsync(a)).Element("protected")!.Value);

        await using var without = await RecordingHost.StartAsync(settings => settings with { Playback = settings.Playback with { ProtectionEnabled = false } });
        var id = await without.ImportAsync();
        Assert.Equal("false", (await without.Lms.GetAsync("updateRecordings", $"recordID={id}&protect=true"))["updated"]);
        Assert.False(await without.Balancer.Database.ScalarAsync<bool>("select protected from recording_catalog"));
    }

    [Fact]
    public async Task Where_the_files_cannot_be_moved_a_publish_says_so_and_they_are_due()
    {
        var id = await _host.ImportAsync(published: false);
        Directory.Delete(_host.PathOf(id, published: false), recursive: true);

        var reply = await _host.Lms.GetAsync("publishRecordings", $"recordID={id}&publish=true");

        Assert.Equal(("internalError", "Unable to publish/unpublish recording."), (reply.Key, reply.Message));
        Assert.Equal(1L, await WorkAsync(id));
        Assert.Equal("published", (await _host.ShowAsync(id)).Element("state")!.Value);
    }

    [Fact]
    public async Task What_was_unpublished_just_before_a_crash_is_put_right_by_the_next_call()
    {
        var id = await _host.ImportAsync();
        await _host.Balancer.AppendAsync(Streams.Recording(id), new RecordingUnpublished(id, DateTimeOffset.UtcNow));
        Assert.True(Directory.Exists(_host.PathOf(id)));

        Assert.Equal("SUCCESS", (await _host.Lms.GetAsync("publishRecordings", $"recordID={id}&publish=false")).Code);

        Assert.False(Directory.Exists(_host.PathOf(id)));
        Assert.True(Directory.Exists(_host.PathOf(id, published: false)));
    }

    [Fact]
    public async Task Changes_say_who_made_them_and_by_which_request()
    {
        var id = await _host.ImportAsync();
        await _host.Lms.GetUrlAsync(_host.Lms.Sign("updateRecordings", $"recordID={id}&meta_a=b"));

        var row = Assert.Single(await _host.Balancer.Database.RowsAsync(
            "select headers->>'actor', headers->>'address', causation_id, correlation_id is not null from mt_events where stream_id = $1 and type = 'recording_metadata_changed'",
            Streams.Recording(id)));
        Assert.Equal(["lms", "127.0.0.1", "updateRecordings", true], row);
    }

    [Fact]
    public async Task Many_changes_at_once_all_arrive()
    {
        var id = await _host.ImportAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => _host.Lms.GetAsync("updateRecordings", $"recordID={id}&meta_k{n}=v")));

        Assert.All(replies, reply => Assert.Equal("true", reply["updated"]));
        Assert.Equal(6, (await _host.ShowAsync(id)).Element("metadata")!.Elements().Count());
    }

    private Task<long> WorkAsync(string id) => _host.Balancer.Database.ScalarAsync<long>("select count(*) from recording_file_work where record_id = $1", id);
}
