using System.CommandLine;
using Scalelite.Api.Configuration;

namespace Scalelite.Api.CommandLine;

/// <summary><c>scalelite settings</c>: the reference of all settings, and whether those of this environment can be right.</summary>
internal static class SettingsCommand
{
    public static Command Create()
    {
        var markdown = new Option<bool>("--markdown") { Description = "Print the reference as docs/configuration.md has it" };
        var differences = new Option<bool>("--differences") { Description = "Print what is different from Scalelite, as docs/migration.md has it" };
        var command = new Command("settings", "Check the settings of this environment, or print the reference") { markdown, differences };
        command.SetAction(async (arguments, _) =>
        {
            var output = arguments.InvocationConfiguration.Output;
            if (arguments.GetValue(markdown))
            {
                await output.WriteAsync(SettingsReference.ToMarkdown());
                return ExitCode.Done;
            }

            if (arguments.GetValue(differences))
            {
                await output.WriteAsync(Differences.ToMarkdown());
                return ExitCode.Done;
            }

            return await arguments.WithSettingsAsync(Needs.Everything, async (_, notices) =>
            {
                foreach (var notice in notices) await output.WriteLineAsync(notice);
                await output.WriteLineAsync("The settings can be right");
                return ExitCode.Done;
            });
        });
        return command;
    }
}
