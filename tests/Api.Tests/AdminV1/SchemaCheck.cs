using System.Text.Json;
using System.Text.Json.Nodes;

namespace Scalelite.Api.Tests.AdminV1;

/// <summary>Holds JSON against the part of JSON Schema that the document uses; a keyword that it does not know is a problem.</summary>
internal sealed class SchemaCheck(JsonObject schemas)
{
    private const string Place = "#/components/schemas/";

    private static readonly HashSet<string> WithoutMeaning = ["description", "default", "format", "writeOnly", "title"];

    /// <summary>What is wrong, a line each.</summary>
    public IReadOnlyList<string> Problems(JsonNode? schema, JsonElement value)
    {
        var problems = new List<string>();
        Check(schema, value, "$", problems);
        return problems;
    }

    private void Check(JsonNode? schema, JsonElement value, string at, List<string> problems)
    {
        if (schema is JsonValue always)
        {
            if (!always.GetValue<bool>()) problems.Add($"{at}: nothing may be here");
            return;
        }

        var fields = schema!.AsObject();
        foreach (var (keyword, meaning) in fields)
        {
            switch (keyword)
            {
                case "$ref":
                    var name = meaning!.GetValue<string>();
                    if (!name.StartsWith(Place, StringComparison.Ordinal) || schemas[name[Place.Length..]] is not { } referred) problems.Add($"{at}: {name} leads nowhere");
                    else Check(referred, value, at, problems);
                    break;
                case "type":
                    string[] types = meaning is JsonArray several ? [.. several.Select(t => t!.GetValue<string>())] : [meaning!.GetValue<string>()];
                    if (!types.Any(type => Is(type, value))) problems.Add($"{at}: {value.ValueKind} is not {string.Join(" or ", types)}");
                    break;
                case "enum":
                    if (!meaning!.AsArray().Any(word => JsonNode.DeepEquals(word, JsonNode.Parse(value.GetRawText())))) problems.Add($"{at}: {value} is none of {meaning!.ToJsonString()}");
                    break;
                case "required" when value.ValueKind == JsonValueKind.Object:
                    problems.AddRange(meaning!.AsArray().Select(n => n!.GetValue<string>()).Where(n => !value.TryGetProperty(n, out _)).Select(n => $"{at}: {n} is missing"));
                    break;
                case "properties" when value.ValueKind == JsonValueKind.Object:
                    foreach (var (property, its) in meaning!.AsObject())
                    {
                        if (value.TryGetProperty(property, out var found)) Check(its, found, $"{at}.{property}", problems);
                    }

                    break;
                case "additionalProperties" when value.ValueKind == JsonValueKind.Object:
                    foreach (var property in value.EnumerateObject().Where(p => (fields["properties"] as JsonObject)?.ContainsKey(p.Name) != true))
                        Check(meaning, property.Value, $"{at}.{property.Name}", problems);
                    break;
                case "items" when value.ValueKind == JsonValueKind.Array:
                    foreach (var (i, item) in value.EnumerateArray().Index()) Check(meaning, item, $"{at}[{i}]", problems);
                    break;
                case "required" or "properties" or "additionalProperties" or "items":
                    break;
                default:
                    if (!WithoutMeaning.Contains(keyword)) problems.Add($"{at}: {keyword} is not checked");
                    break;
            }
        }
    }

    private static bool Is(string type, JsonElement value) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => false,
    };
}
