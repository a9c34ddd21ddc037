using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scalelite.EventStore.Types;

/// <summary>JSON as Marten writes it by default, with enums as strings: names as declared, nulls written, dates as ISO 8601 with offset.</summary>
internal static class EventJson
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new JsonStringEnumConverter() } };

    private static readonly JsonSerializerOptions HeaderOptions = new() { Converters = { new HeaderValue() } };

    public static string Write(object value) => JsonSerializer.Serialize(value, value.GetType(), Options);

    public static object Read(byte[] json, Type type) =>
        JsonSerializer.Deserialize(json, type, Options) ?? throw new JsonException($"A stored {type.Name} is the JSON value null");

    /// <summary>An object's members; null for the JSON value <c>null</c>, which Marten also writes.</summary>
    public static Dictionary<string, object>? ReadHeaders(byte[] json) =>
        JsonSerializer.Deserialize<Dictionary<string, object>>(json, HeaderOptions);

    private sealed class HeaderValue : JsonConverter<object>
    {
        public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.Null => null,
            JsonTokenType.Number => reader.TryGetInt64(out var whole) ? whole : reader.GetDouble(),
            _ => JsonElement.ParseValue(ref reader),
        };

        public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value, value.GetType(), Options);
    }
}
