using Scalelite.Api.Configuration;
using Scalelite.Domain.AdminTokens;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.AdminV1;

/// <summary>The settings of the process that answers. They come from its environment and file, so they are read here and not changed.</summary>
internal static class SettingEndpoints
{
    /// <summary>The operations.</summary>
    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new(
            "GET", "/settings", "listSettings",
            "All settings of the process that answers: what was given, what holds else, and what each means; never the value of a secret",
            AdminRole.Viewer, List)
        {
            Result = typeof(Page<SettingRow>),
        },
    ];

    private static Task<ApiAnswer> List(ApiCall call)
    {
        var given = call.Get<Settings>().Given;
        return Task.FromResult(ApiAnswer.Ok(new Page<SettingRow>(
            [
                .. SettingsReference.Groups.SelectMany(group => group.Settings.Select(setting => new SettingRow(
                    setting.Name, setting.Key, group.Title, given.ContainsKey(setting.Name), given.GetValueOrDefault(setting.Name), setting.Default,
                    setting.Allowed, setting.Meaning, setting.IsSecret))),
            ],
            null)));
    }
}

/// <summary>A setting.</summary>
/// <param name="Key">In <c>appsettings.json</c>.</param>
/// <param name="IsSet">It was given.</param>
/// <param name="Value">As it was given; null where it was not, or is a secret.</param>
internal sealed record SettingRow(
    string Name, string? Key, string Group, bool IsSet, string? Value, string Default, string Allowed, string Meaning, bool IsSecret);
