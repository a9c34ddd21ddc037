using System.Collections.Frozen;

namespace Scalelite.Api.Playback;

/// <summary>The content types of what recordings and their players consist of.</summary>
internal static class ContentTypes
{
    /// <summary>Of a file of which nothing is known.</summary>
    public const string Unknown = "application/octet-stream";

    // XML and SVG say their encoding themselves.
    private static readonly FrozenDictionary<string, string> ByExtension = new Dictionary<string, string>
    {
        ["html"] = "text/html; charset=utf-8",
        ["htm"] = "text/html; charset=utf-8",
        ["css"] = "text/css; charset=utf-8",
        ["js"] = "text/javascript; charset=utf-8",
        ["mjs"] = "text/javascript; charset=utf-8",
        ["json"] = "application/json",
        ["map"] = "application/json",
        ["xml"] = "text/xml",
        ["txt"] = "text/plain; charset=utf-8",
        ["csv"] = "text/csv; charset=utf-8",
        ["vtt"] = "text/vtt; charset=utf-8",
        ["srt"] = "application/x-subrip",
        ["svg"] = "image/svg+xml",
        ["png"] = "image/png",
        ["jpg"] = "image/jpeg",
        ["jpeg"] = "image/jpeg",
        ["gif"] = "image/gif",
        ["webp"] = "image/webp",
        ["avif"] = "image/avif",
        ["ico"] = "image/x-icon",
        ["webm"] = "video/webm",
        ["mp4"] = "video/mp4",
        ["m4v"] = "video/mp4",
        ["mov"] = "video/quicktime",
        ["mkv"] = "video/x-matroska",
        ["ogv"] = "video/ogg",
        ["m3u8"] = "application/vnd.apple.mpegurl",
        ["ts"] = "video/mp2t",
        ["ogg"] = "audio/ogg",
        ["oga"] = "audio/ogg",
        ["opus"] = "audio/ogg",
        ["mp3"] = "audio/mpeg",
        ["m4a"] = "audio/mp4",
        ["wav"] = "audio/wav",
        ["weba"] = "audio/webm",
        ["pdf"] = "application/pdf",
        ["zip"] = "application/zip",
        ["doc"] = "application/msword",
        ["docx"] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ["odt"] = "application/vnd.oasis.opendocument.text",
        ["pptx"] = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ["wasm"] = "application/wasm",
        ["woff"] = "font/woff",
        ["woff2"] = "font/woff2",
        ["ttf"] = "font/ttf",
        ["otf"] = "font/otf",
        ["eot"] = "application/vnd.ms-fontobject",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Of a file by its extension; <see cref="Unknown"/> where that says nothing.</summary>
    public static string Of(string file) => ByExtension.GetValueOrDefault(Extension(file), Unknown);

    /// <summary>Whether it is a page that a person opens, and that loads other files.</summary>
    public static bool IsPage(string file) => Extension(file).ToLowerInvariant() is "html" or "htm";

    /// <summary>Whether a name ends as files do of which there is a content type.</summary>
    public static bool IsKnown(string file) => ByExtension.ContainsKey(Extension(file));

    private static string Extension(string file) => Path.GetExtension(file).TrimStart('.');
}
