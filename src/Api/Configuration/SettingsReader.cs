using Microsoft.Extensions.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>Reads settings and collects what is wrong with them, so that all of it is said at once.</summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<string> _problems = [];
    private readonly List<string> _notices = [];

    /// <summary>One line for each setting that cannot be right.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>One line for each setting that is taken in another way than it says.</summary>
    public IReadOnlyList<string> Notices => _notices;

    /// <summary>The setting's text, or null where it is not set; an empty one counts as not set.</summary>
    public string? Text(Setting setting)
    {
        var text = configuration[setting.Name];
        if (string.IsNullOrWhiteSpace(text) && setting.Key is not null) text = configuration[setting.Key];
        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    /// <summary>Whether the setting is given, rightly or wrongly.</summary>
    public bool IsSet(Setting setting) => Text(setting) is not null;

    /// <summary>Those of the settings that are given, as they are given; a secret's value is null.</summary>
    public IReadOnlyDictionary<string, string?> Given(IEnumerable<Setting> settings) =>
        settings.Where(IsSet).ToDictionary(setting => setting.Name, setting => setting.IsSecret ? null : Text(setting), StringComparer.Ordinal);

    /// <summary>The setting's value; its fallback where it is not set or wrong.</summary>
    public T Read<T>(Setting<T> setting)
    {
        if (Text(setting) is not { } text) return setting.Fallback;
        var parsed = setting.Parse(text);
        if (parsed.Succeeded) return parsed.Value;
        Refuse(setting, parsed.Why);
        return setting.Fallback;
    }

    /// <summary>Reports that a setting must be given and is not.</summary>
    public void Require(Setting setting, string purpose)
    {
        if (!IsSet(setting)) _problems.Add($"{setting.Name} is not set: {purpose} needs it. Allowed: {setting.Allowed}");
    }

    /// <summary>Reports that a setting's value cannot be right.</summary>
    public void Refuse(Setting setting, string? why = null)
    {
        var given = setting.IsSecret ? "has a value that" : $"is '{Text(setting)}', which";
        _problems.Add($"{setting.Name} {given} cannot be right{(why is null ? "" : $" ({why})")}. Allowed: {setting.Allowed}");
    }

    /// <summary>Says something about the settings at the start.</summary>
    public void Notice(string line) => _notices.Add(line);
}
