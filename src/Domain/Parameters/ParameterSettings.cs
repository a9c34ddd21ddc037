using System.Text;

namespace Scalelite.Domain.Parameters;

/// <summary>What the operator, or a tenant, sets for the parameters of a call.</summary>
/// <param name="Defaults">DEFAULT_CREATE_PARAMS, DEFAULT_JOIN_PARAMS: where the client says nothing.</param>
/// <param name="Overrides">OVERRIDE_CREATE_PARAMS, OVERRIDE_JOIN_PARAMS: whatever the client says.</param>
/// <param name="Excluded">CREATE_EXCLUDE_PARAMS, JOIN_EXCLUDE_PARAMS: the client's value is dropped.</param>
public sealed record ParameterSettings(
    IReadOnlyList<Parameter> Defaults, IReadOnlyList<Parameter> Overrides, IReadOnlyList<string> Excluded)
{
    /// <summary>Nothing is set.</summary>
    public static ParameterSettings None { get; } = new([], [], []);

    /// <summary>Reads <c>a=1,b=2</c>, with <c>\,</c> for a comma in a value. Of a name that comes twice the last counts.</summary>
    /// <param name="error">What is wrong, as a sentence; null where nothing is.</param>
    public static IReadOnlyList<Parameter> Parse(string? text, out string? error)
    {
        error = null;
        List<Parameter> parameters = [];
        foreach (var entry in Entries(text ?? ""))
        {
            var at = entry.IndexOf('=', StringComparison.Ordinal);
            var name = at < 0 ? "" : entry[..at].Trim();
            if (name.Length == 0)
            {
                error = $"'{entry}' is not name=value (a comma in a value is written \\,)";
                return [];
            }

            var parameter = new Parameter(name, entry[(at + 1)..]).Canonical;
            parameters.RemoveAll(earlier => earlier.Name == parameter.Name);
            parameters.Add(parameter);
        }

        return parameters;
    }

    /// <summary>Reads <c>a,b</c>.</summary>
    public static IReadOnlyList<string> ParseNames(string? text) =>
        (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal string? Default(string name) => Find(Defaults, name);

    internal string? Override(string name) => Find(Overrides, name);

    private static string? Find(IReadOnlyList<Parameter> parameters, string name)
    {
        foreach (var parameter in parameters)
            if (parameter.Canonical.Name == name)
                return parameter.Value;
        return null;
    }

    private static IEnumerable<string> Entries(string text)
    {
        var entry = new StringBuilder();
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '\\' && i + 1 < text.Length && text[i + 1] == ',')
            {
                entry.Append(',');
                i++;
            }
            else if (i < text.Length && text[i] != ',')
            {
                entry.Append(text[i]);
            }
            else
            {
                if (!string.IsNullOrWhiteSpace(entry.ToString()))
                    yield return entry.ToString();
                entry.Clear();
            }
        }
    }
}
