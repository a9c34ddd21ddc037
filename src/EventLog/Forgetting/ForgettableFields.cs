namespace Scalelite.EventLog.Forgetting;

/// <summary>The fields of stored events that may tell of a person, and the SQL that overwrites them with null. Nothing else of an event changes.</summary>
internal static class ForgettableFields
{
    /// <summary>By the stored name of the event's type.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<ForgettableField>> ByType { get; } = new Dictionary<string, IReadOnlyList<ForgettableField>>
    {
        ["meeting_placed"] = [Of("Name"), Of("Metadata")],
        ["meeting_adopted"] = [Of("Name"), Of("Metadata")],
        ["recording_imported"] = [Of("Recording", "Name"), Of("Recording", "Metadata"), Words("Format.Thumbnails[].Alt", "$.Format.Thumbnails[*]", "{Format,Thumbnails}")],
        ["recording_taken_over"] = [Of("Recording", "Name"), Of("Recording", "Metadata"), WordsOfAllFormats],
        ["recording_metadata_changed"] = [Of("Set"), Of("Removed")],
        ["tenant_added"] = [Of("Name")],
        ["tenant_renamed"] = [Of("Name")],
        ["tenant_setting_set"] = [Of("Value")],
    };

    private static ForgettableField WordsOfAllFormats => new(
        "Formats[].Thumbnails[].Alt",
        "jsonb_path_exists(data, '$.Formats[*].Thumbnails[*].Alt ? (@ != null)')",
        data =>
            $$"""
            jsonb_set({{data}}, '{Formats}', (
                select coalesce(jsonb_agg({{WithoutWords("f.format", "{Thumbnails}")}} order by f.n), '[]')
                from jsonb_array_elements({{data}} -> 'Formats') with ordinality as f (format, n)))
            """);

    private static ForgettableField Of(params string[] path)
    {
        var json = $"{{{string.Join(',', path)}}}";
        return new(string.Join('.', path), $"coalesce(data #> '{json}', 'null') <> 'null'", data => $"jsonb_set({data}, '{json}', 'null', false)");
    }

    /// <summary>What stands on the slides of a preview.</summary>
    private static ForgettableField Words(string name, string thumbnails, string path) =>
        new(name, $"jsonb_path_exists(data, '{thumbnails}.Alt ? (@ != null)')", data => WithoutWords(data, path));

    private static string WithoutWords(string data, string path) =>
        $$"""
        jsonb_set({{data}}, '{{path}}', (
            select coalesce(jsonb_agg(jsonb_set(t.thumbnail, '{Alt}', 'null', false) order by t.n), '[]')
            from jsonb_array_elements({{data}} #> '{{path}}') with ordinality as t (thumbnail, n)))
        """;
}

/// <summary>A field that can be forgotten.</summary>
/// <param name="Name">As <see cref="Domain.Keeping.ForgottenEvent.Fields"/> says it.</param>
/// <param name="IsThere">SQL on <c>data</c>: whether there is anything to forget.</param>
/// <param name="Without">The SQL of the event without it, from the SQL of the event.</param>
internal sealed record ForgettableField(string Name, string IsThere, Func<string, string> Without);
