using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Scalelite.Domain.Recordings;

namespace Scalelite.BigBlueButton.Recordings;

/// <summary>What a format's <c>metadata.xml</c> says (<c>bbb-api.md §6.2</c>), with every variance that nodes write.</summary>
/// <param name="Recording">The recording, which all its formats describe alike.</param>
/// <param name="Published">As its node published it.</param>
/// <param name="Format">As the archive names it; empty where it does not.</param>
/// <param name="Link">Path and query of the playback; empty where the archive has none.</param>
/// <param name="LengthMinutes">Of the playback, rounded; 0 where the archive does not say.</param>
/// <param name="ProcessingMs">How long its node worked on it; null where the archive does not say.</param>
/// <param name="SizeBytes">As its node wrote it; null where the archive does not say.</param>
/// <param name="Thumbnails">In the archive's order; each with a path only.</param>
public sealed record RecordingMetadata(
    RecordingDescription Recording,
    bool Published,
    string Format,
    string Link,
    int LengthMinutes,
    long? ProcessingMs,
    long? SizeBytes,
    IReadOnlyList<Thumbnail> Thumbnails)
{
    /// <summary>The file's name in a format's folder.</summary>
    public const string FileName = "metadata.xml";

    /// <summary>More characters than this are no description of a recording.</summary>
    public const int MostCharacters = 8 << 20;

    private static readonly XmlReaderSettings Reading = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MostCharacters,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>Reads the file; DTDs and entities other than XML's own five are refused.</summary>
    /// <param name="xml">The file's bytes.</param>
    /// <param name="metadata">What it says.</param>
    /// <param name="why">Why it can't be read, for a person.</param>
    public static bool TryRead(Stream xml, [NotNullWhen(true)] out RecordingMetadata? metadata, [NotNullWhen(false)] out string? why)
    {
        metadata = null;
        try
        {
            using var reader = XmlReader.Create(xml, Reading);
            var root = XDocument.Load(reader).Root!;
            why = root.Name.LocalName != "recording" ? $"its root element is {root.Name.LocalName}, not recording" : null;
            if (why is null) metadata = new RecordingElement(root).Read(out why);
        }
        catch (Exception e) when (e is XmlException or DecoderFallbackException)
        {
            why = $"its XML is ill-formed: {e.Message}";
        }

        return metadata is not null;
    }

    /// <summary>The format, with what is known of its files once they are unpacked.</summary>
    public RecordingFormat InFolder(string format, int files, long bytes, string? manifestSha256) => new(
        format,
        Link.Length > 0 ? Link : $"/{format}/{Recording.RecordId}/",
        LengthMinutes, ProcessingMs, SizeBytes, Thumbnails, files, bytes, manifestSha256);
}
