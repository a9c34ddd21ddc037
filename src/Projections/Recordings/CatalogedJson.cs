using System.Text.Json;
using Scalelite.Domain.Recordings;

namespace Scalelite.Projections.Recordings;

/// <summary>Reads the parts of a <see cref="CatalogedRecording"/> that PostgreSQL hands over as JSON: once through, a list may have a million.</summary>
internal static class CatalogedJson
{
    /// <summary>An object of texts, in its order.</summary>
    public static List<KeyValuePair<string, string>> ReadMetadata(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var metadata = new List<KeyValuePair<string, string>>(8);
        Next(ref reader);
        while (Next(ref reader) != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            Next(ref reader);
            metadata.Add(new(key, reader.GetString() ?? ""));
        }

        return metadata;
    }

    /// <summary>An array of formats, each an array of its columns in the order of <see cref="CatalogedRecording.Columns"/>.</summary>
    public static List<CatalogedFormat> ReadFormats(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var formats = new List<CatalogedFormat>(2);
        Next(ref reader);
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            formats.Add(new CatalogedFormat(
                Text(ref reader)!,
                CatalogedRecording.ReadPlace(Text(ref reader)),
                Text(ref reader)!,
                (int)Number(ref reader)!,
                Number(ref reader),
                Number(ref reader),
                Thumbnails(ref reader),
                (int)Number(ref reader)!,
                (long)Number(ref reader)!,
                Text(ref reader)));
            Next(ref reader);
        }

        return formats;
    }

    /// <summary>An array of objects with the names of <see cref="Thumbnail"/>'s parts, as <see cref="JsonSerializer"/> writes them.</summary>
    private static List<Thumbnail> Thumbnails(ref Utf8JsonReader reader)
    {
        var thumbnails = new List<Thumbnail>();
        if (Next(ref reader) == JsonTokenType.Null) return thumbnails;
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            var (path, alt, width, height) = ("", "", (int?)null, (int?)null);
            while (Next(ref reader) != JsonTokenType.EndObject)
            {
                if (reader.ValueTextEquals("Path"u8)) path = Text(ref reader) ?? "";
                else if (reader.ValueTextEquals("Alt"u8)) alt = Text(ref reader) ?? "";
                else if (reader.ValueTextEquals("Width"u8)) width = (int?)Number(ref reader);
                else if (reader.ValueTextEquals("Height"u8)) height = (int?)Number(ref reader);
                else Skip(ref reader);
            }

            thumbnails.Add(new Thumbnail(path, width, height, alt));
        }

        return thumbnails;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        return reader.GetString();
    }

    private static long? Number(ref Utf8JsonReader reader) => Next(ref reader) == JsonTokenType.Null ? null : reader.GetInt64();

    private static void Skip(ref Utf8JsonReader reader)
    {
        Next(ref reader);
        reader.Skip();
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader) =>
        reader.Read() ? reader.TokenType : throw new JsonException("It ends early");
}
