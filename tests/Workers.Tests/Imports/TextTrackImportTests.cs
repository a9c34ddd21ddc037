using System.Text.Json;
using Scalelite.Domain;
using Scalelite.Domain.Recordings;
using Xunit;

namespace Scalelite.Workers.Tests.Imports;

/// <summary>Captions that archives bring, and those that people uploaded before another archive of the recording came.</summary>
public sealed class TextTrackImportTests : IAsyncLifetime
{
    private const string Vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nGuten Morgen\n";
    private ImportBench _bench = null!;

    public async Task InitializeAsync() => _bench = await ImportBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Captions_of_the_archive_are_listed_and_uploaded_ones_outlive_the_next_import()
    {
        var id = ImportBench.Meeting().RecordId;
        await _bench.DropAsync("captioned.tar", Archive(id));
        await _bench.BecomeAsync("captioned.tar", "completed");
        Assert.Equal([["en", "English", "live"]], await TracksAsync(id));

        var folder = _bench.Folder(RecordingPlace.Published, "presentation", id);
        await File.WriteAllTextAsync(Path.Combine(folder, "caption_de.vtt"), Vtt);
        await _bench.AppendAsync(
            Streams.Recording(id), new RecordingTextTrackStored(id, "subtitles", "de", "Deutsch", "upload", Vtt.Length, DateTimeOffset.UtcNow));

        await _bench.DropAsync("captioned.tar", Archive(id));
        await _bench.BecomeAsync("captioned.tar", "completed", archives: 2);

        Assert.Equal(Vtt, await File.ReadAllTextAsync(Path.Combine(folder, "caption_de.vtt")));
        Assert.Equal("WEBVTT\n\nof the archive", await File.ReadAllTextAsync(Path.Combine(folder, "caption_en.vtt")));
        using var list = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "captions.json")));
        Assert.Equal(["../x", "de", "en", "fr"], list.RootElement.EnumerateArray().Select(entry => entry.GetProperty("locale").GetString()));
        Assert.Equal([["de", "Deutsch", "upload"], ["en", "English", "live"]], await TracksAsync(id));
    }

    private static byte[] Archive(string id) => new TarBuilder()
        .File($"presentation/{id}/metadata.xml", TarBuilder.Metadata(id).Replace("notes", "presentation", StringComparison.Ordinal))
        .File($"presentation/{id}/captions.json", """[{"locale":"en","localeName":"English"},{"locale":"fr","localeName":"without a file"},{"locale":"../x","localeName":"no language"}]""")
        .File($"presentation/{id}/caption_en.vtt", "WEBVTT\n\nof the archive")
        .ToBytes();

    private Task<List<object?[]>> TracksAsync(string id) =>
        _bench.Database.RowsAsync("select lang, label, source from recording_text_track where record_id = $1 order by lang", id);
}
