using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Scalelite.Simulator.Recordings;

/// <summary>The formats that BBB publishes, with the files that it writes for them (<c>bbb-api.md §6.2, 6.3</c>).</summary>
public static class RecordedFormats
{
    private const string Captions = "WEBVTT\n\n00:00:00.000 --> 00:00:03.000\nWelcome to the class\n";
    private const string CaptionsList = """[{"locale":"en","localeName":"English"}]""";

    /// <summary>Slides, cameras and all that belongs to them.</summary>
    /// <param name="slides">How many slides, from 1; up to three of them have a thumbnail in the preview.</param>
    /// <param name="cameras">With cameras there is a <c>video/webcams.webm</c>, without an <c>audio/audio.webm</c>.</param>
    public static RecordedFormat Presentation(RecordedMeeting meeting, int slides = 1, bool cameras = true)
    {
        ArgumentNullException.ThrowIfNull(meeting);
        var deck = $"presentation/{meeting.RecordId}";
        List<ArchivedFile> files =
        [
            new("shapes.svg", Shapes(deck, slides)),
            new("panzooms.xml", $"""<recording id="panzoom_events"><event timestamp="0.0"><viewBox>0.0 0.0 320.0 240.0</viewBox></event></recording>"""),
            new("cursor.xml", """<recording id="cursor_events"><event timestamp="0.0"><cursor>-1.0 -1.0</cursor></event></recording>"""),
            new("deskshare.xml", """<recording id="deskshare_events"></recording>"""),
            new("slides_new.xml", """<popcorn><chattimeline in="1" direction="down" name="Teacher" message="Welcome to the class" target="chat"/></popcorn>"""),
            new("tldraw.json", "{}"),
            new("polls.json", "[]"),
            new("external_videos.json", "[]"),
            new("presentation_text.json", SlideTexts(meeting.RecordId, slides)),
            new("notes.html", "<!DOCTYPE html><html><body>Homework: page 12</body></html>"),
            new("captions.json", CaptionsList),
            new("caption_en.vtt", Captions),
            cameras ? new("video/webcams.webm", RecordedMedia.WebcamsWebm) : new("audio/audio.webm", RecordedMedia.AudioWebm),
        ];
        for (var n = 1; n <= slides; n++)
        {
            files.Add(new(Numbered($"{deck}/slide-", n, ".png"), RecordedMedia.SlidePng));
            files.Add(new(Numbered($"{deck}/svgs/slide", n, ".svg"), """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240"><rect width="320" height="240" fill="#fff"/></svg>"""));
            files.Add(new(Numbered($"{deck}/thumbnails/thumb-", n, ".png"), RecordedMedia.ThumbPng));
            files.Add(new(Numbered($"{deck}/textfiles/slide-", n, ".txt"), SlideText(n)));
        }

        return new("presentation", $"/playback/presentation/2.3/{meeting.RecordId}", files)
        {
            Thumbnails =
            [
                .. Enumerable.Range(1, Math.Min(slides, 3))
                    .Select(n => new RecordedThumbnail(Numbered($"/presentation/{meeting.RecordId}/{deck}/thumbnails/thumb-", n, ".png"), SlideText(n))),
            ],
        };
    }

    /// <summary>One video, with a page that plays it.</summary>
    /// <param name="padding">Makes the video so many bytes larger: <see cref="RecordedMedia.VideoM4vPadded"/>.</param>
    public static RecordedFormat Video(RecordedMeeting meeting, int padding = 0)
    {
        ArgumentNullException.ThrowIfNull(meeting);
        return new(
            "video",
            $"/playback/video/{meeting.RecordId}/",
            [
                new("index.html", """
                    <!DOCTYPE html>
                    <html lang="en">
                    <head><meta charset="utf-8"><title>Recording Playback</title></head>
                    <body>
                    <video id="video" controls preload="metadata">
                    <source src="video-0.m4v" type="video/mp4">
                    <track kind="captions" src="caption_en.vtt" srclang="en" label="English">
                    </video>
                    </body>
                    </html>

                    """),
                new("video.xml", """<recording><video src="video-0.m4v"/></recording>"""),
                new("video-0.m4v", RecordedMedia.VideoM4vPadded(padding)),
                new("captions.json", CaptionsList),
                new("caption_en.vtt", Captions),
            ])
        {
            Wording = new() { State = "available", MetaAfterPlayback = true, HasMeeting = false },
        };
    }

    /// <summary>The shared screen.</summary>
    public static RecordedFormat Screenshare(RecordedMeeting meeting)
    {
        ArgumentNullException.ThrowIfNull(meeting);
        return new(
            "screenshare",
            $"/recording/screenshare/{meeting.RecordId}/",
            [
                new("index.html", """<!DOCTYPE html><html lang="en"><body><video controls src="screenshare-0.webm"></video></body></html>"""),
                new("screenshare-0.webm", RecordedMedia.WebcamsWebm),
            ])
        {
            Wording = new() { State = "available", HasParticipants = false, HasSize = false, HasRawSize = false },
        };
    }

    /// <summary>The shared notes, as a document of one empty page.</summary>
    public static RecordedFormat Notes(RecordedMeeting meeting)
    {
        ArgumentNullException.ThrowIfNull(meeting);
        return new("notes", $"/notes/{meeting.RecordId}/notes.pdf", [new("notes.pdf", EmptyPage())]) { Wording = new() { HasProcessingTime = false } };
    }

    /// <summary>What was said.</summary>
    public static RecordedFormat Podcast(RecordedMeeting meeting)
    {
        ArgumentNullException.ThrowIfNull(meeting);
        return new("podcast", $"/podcast/{meeting.RecordId}/audio.ogg", [new("audio.ogg", RecordedMedia.AudioOgg)])
        {
            Wording = new() { HasProcessingTime = false },
        };
    }

    /// <summary>A format that somebody else's script publishes.</summary>
    public static RecordedFormat Other(RecordedMeeting meeting, string name, string link, params IReadOnlyList<ArchivedFile> files)
    {
        ArgumentNullException.ThrowIfNull(meeting);
        return new(name, link, files);
    }

    private static string Shapes(string deck, int slides)
    {
        var images = new StringBuilder();
        for (var n = 1; n <= slides; n++)
        {
            var length = RecordedMedia.Duration.TotalSeconds / slides;
            images.Append(CultureInfo.InvariantCulture, $"""<image id="image{n}" class="slide" in="{(n - 1) * length:0.0##}" out="{n * length:0.0##}" """)
                .Append(CultureInfo.InvariantCulture, $"""xlink:href="{deck}/slide-{n}.png" width="320" height="240" x="0" y="0" """)
                .Append(CultureInfo.InvariantCulture, $"""style="visibility:hidden" text="{deck}/textfiles/slide-{n}.txt"/>""");
        }

        return $"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" id="svgfile" version="1.1" viewBox="0 0 320 240">{images}</svg>""";
    }

    private static string SlideTexts(string deck, int slides)
    {
        var texts = Enumerable.Range(1, slides).ToDictionary(n => Numbered("slide-", n, ""), SlideText);
        return JsonSerializer.Serialize(new Dictionary<string, Dictionary<string, string>> { [deck] = texts });
    }

    private static string SlideText(int n) => Numbered("Slide ", n, " of the class");

    private static string Numbered(string before, int n, string after) => string.Create(CultureInfo.InvariantCulture, $"{before}{n}{after}");

    private static string EmptyPage()
    {
        string[] objects =
        [
            "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
            "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n",
            "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n",
        ];
        var pdf = new StringBuilder("%PDF-1.4\n");
        var index = new StringBuilder("xref\n0 4\n0000000000 65535 f \n");
        foreach (var one in objects)
        {
            index.Append(CultureInfo.InvariantCulture, $"{pdf.Length:0000000000} 00000 n \n");
            pdf.Append(one);
        }

        var start = pdf.Length;
        return pdf.Append(index).Append(CultureInfo.InvariantCulture, $"trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").ToString();
    }
}
