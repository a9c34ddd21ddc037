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
    /// <summary>
    /// In SQL: an event's data without what the fold does not look at, which is most of them. What a pool's state does not need: why a meeting was
    /// placed, what its create said, how its size went.
    /// </summary>
    public const string Slim =
        "case type when 'meeting_placed' then data - '{Why,Metadata,Callbacks}'::text[] when 'meeting_adopted' then data - 'Metadata' "
        + "when 'meeting_moved' then data - 'Why' when 'meeting_ended' then data - 'Curve' else data end";

    private static readonly JsonSerializerOptions Options = new() { Converters = { new JsonStringEnumConverter() } };

    /// <param name="type">The stored name, one of <see cref="PoolEvents.ByName"/>.</param>
    public static object Read(string type, ReadOnlySpan<byte> json) =>
        type == "server_polled" ? PolledJson.Read(json)
        : JsonSerializer.Deserialize(json, PoolEvents.ByName[type], Options) ?? throw new JsonException($"A stored {type} is the JSON value null");
}
