using System.Globalization;
using System.Text.Json;

namespace Scalelite.Api.Admin;

/// <summary>
/// The fields of a call's JSON. Those of a server stand in <c>server</c>, of a tenant in <c>tenant</c>, or, as Scalelite takes them too, beside <c>id</c>.
/// What cannot be read becomes <see cref="Problem"/>; unknown fields are ignored.
/// </summary>
internal sealed class AdminBody
{
    private static readonly JsonDocumentOptions Reading = new() { AllowDuplicateProperties = false };

    private readonly JsonElement root;
    private readonly JsonElement fields;

    private AdminBody(JsonElement root, string wrapper)
    {
        this.root = root;
        fields = root.TryGetProperty(wrapper, out var wrapped) ? wrapped : root;
        if (fields.ValueKind != JsonValueKind.Object) Problem = $"{wrapper} must be an object";
    }

    /// <summary>The first thing that is wrong, a sentence for the caller.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads a body; an empty one has no fields. Null where it is not one JSON object, or names a field twice.</summary>
    /// <param name="wrapper">What the fields stand in: <c>server</c>, <c>tenant</c>.</param>
    public static AdminBody? Read(ReadOnlySpan<byte> json, string wrapper)
    {
        try
        {
            var root = JsonElement.Parse(json.IsEmpty ? "{}"u8 : json, Reading);
            return root.ValueKind == JsonValueKind.Object ? new AdminBody(root, wrapper) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The id, which always stands outside; null where there is none.</summary>
    public string? Id() => Text(root, "id");

    /// <summary>A text, or the digits of a number; null where the field is absent or null.</summary>
    public string? Text(string name) => Text(fields, name);

    /// <summary>A number, also as a text; null where the field is absent, null or blank.</summary>
    public decimal? Number(string name, string problem)
    {
        if (Text(name) is not { } text || string.IsNullOrWhiteSpace(text)) return null;
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        Problem ??= problem;
        return null;
    }

    /// <summary><c>true</c> or <c>false</c>, also as a text, inside the wrapper or outside; false where the field is absent, null or blank.</summary>
    public bool Flag(string name) => Flag(fields, name) || Flag(root, name);

    private bool Flag(JsonElement place, string name)
    {
        if (Find(place, name) is not { } value) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        var text = value.ValueKind == JsonValueKind.String ? Text(place, name) ?? "" : "?";
        if (text.Equals("true", StringComparison.OrdinalIgnoreCase)) return true;
        if (!string.IsNullOrWhiteSpace(text) && !text.Equals("false", StringComparison.OrdinalIgnoreCase)) Problem ??= $"{name} must be true or false";
        return false;
    }

    private string? Text(JsonElement place, string name)
    {
        if (Find(place, name) is not { } value) return null;
        try
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String:
                    return value.GetString();
                case JsonValueKind.Number:
                    return value.GetRawText();
            }
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, or bytes that are no UTF-8.
        }

        Problem ??= $"{name} must be a text";
        return null;
    }

    private static JsonElement? Find(JsonElement place, string name) =>
        place.ValueKind == JsonValueKind.Object && place.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
