using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Scalelite.Workers.Configuration;

namespace Scalelite.Api.Configuration;

/// <summary>What an operator has set, for judging which differences from Scalelite are felt.</summary>
/// <param name="Settings">What was read from it.</param>
internal sealed record GivenEnvironment(IConfiguration Configuration, Settings Settings)
{
    /// <summary>It was written for a Scalelite: it sets what only Scalelite has.</summary>
    public bool IsScalelites { get; } = WithoutEffect.Given(Configuration).Any();

    /// <summary>The setting has a value that is not empty.</summary>
    public bool Has(Setting setting) =>
        !string.IsNullOrWhiteSpace(Configuration[setting.Name]) || (setting.Key is not null && !string.IsNullOrWhiteSpace(Configuration[setting.Key]));

    /// <summary>The variable is not empty.</summary>
    public bool Has(string name) => !string.IsNullOrWhiteSpace(Configuration[name]);

    /// <summary>It is written for a Scalelite, and does not say how it wants this setting.</summary>
    public bool LeavesOpen(Setting setting) => IsScalelites && !Has(setting);

    /// <summary>The setting is there, and empty.</summary>
    public bool IsEmpty(Setting setting) => Configuration[setting.Name] is { } text && string.IsNullOrWhiteSpace(text);

    /// <summary>One of these settings has a text in which the pattern is found.</summary>
    public bool AnyHolds(string pattern, params Setting[] settings) =>
        settings.Any(setting => Configuration[setting.Name] is { } text && Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant));
}
