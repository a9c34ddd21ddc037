using System.Text.Json;
using System.Text.Json.Serialization;
using Scalelite.Domain.History;

namespace Scalelite.Workers.History;

/// <summary>
/// The pool's events from the JSON that both flavours write: names as declared, enums as strings. Read from the bytes at once, without
/// headers: several times as quick as the store's way by an <c>EventRow</c>.
/// </summary>
internal static class PoolEventJson
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new JsonStringEnumConverter() } };

    /// <param name="type">The stored name, one of <see cref="PoolEvents.ByName"/>.</param>
    public static object Read(string type, ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, PoolEvents.ByName[type], Options) ?? throw new JsonException($"A stored {type} is the JSON value null");
}
