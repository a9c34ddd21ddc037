using System.Runtime.CompilerServices;
using Scalelite.Api.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Configuration;

public sealed class ReferenceTests
{
    [Fact]
    public void The_page_of_settings_is_what_the_program_writes()
    {
        var page = File.ReadAllText(Page());
        Assert.True(
            page == SettingsReference.ToMarkdown(),
            "docs/configuration.md is not what the program says: dotnet run --project src/Api -- settings --markdown > docs/configuration.md");
    }

    [Fact]
    public void Every_setting_is_named_once()
    {
        var names = SettingsReference.Groups.SelectMany(group => group.Settings).Select(setting => setting.Name)
            .Concat(WithoutEffect.Ignored.Keys).ToList();
        Assert.Equal(names.Distinct(), names);
    }

    private static string Page([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "configuration.md");
}
