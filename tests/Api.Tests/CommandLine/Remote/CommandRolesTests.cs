using System.CommandLine;
using System.CommandLine.Completions;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Scalelite.Api.CommandLine;
using Scalelite.Api.CommandLine.Remote;
using Scalelite.Domain.AdminTokens;
using Xunit;

namespace Scalelite.Api.Tests.CommandLine.Remote;

/// <summary>A new command does not get by without somebody saying who may have an instance run it.</summary>
public sealed partial class CommandRolesTests
{
    [Fact]
    public void Every_command_stands_in_the_table_and_the_table_names_no_other()
    {
        var commands = All().Select(command => command.Path).ToList();

        Assert.Equal(commands.Order(StringComparer.Ordinal), CommandRoles.ByPath.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("servers list", commands);
    }

    [Fact]
    public void A_command_that_has_no_row_is_run_for_nobody()
    {
        var place = CommandRoles.Of("servers sell");

        Assert.Null(place.Role);
        Assert.False(place.IsOfThisMachine);
    }

    [Theory]
    [InlineData("servers list", AdminRole.Viewer)]
    [InlineData("servers enable", AdminRole.Operator)]
    [InlineData("servers panic", AdminRole.Operator)]
    [InlineData("servers add", AdminRole.Admin)]
    [InlineData("servers sync", AdminRole.Admin)]
    [InlineData("meetings end", AdminRole.Operator)]
    [InlineData("recordings publish", AdminRole.Operator)]
    [InlineData("recordings delete", AdminRole.Admin)]
    [InlineData("tokens list", AdminRole.Admin)]
    [InlineData("serve", null)]
    [InlineData("servers yaml", null)]
    [InlineData("tokens add", null)]
    public void A_command_has_the_role_of_the_same_operation(string path, AdminRole? role) => Assert.Equal(role, CommandRoles.Of(path).Role);

    /// <summary>What an instance runs for somebody else must not read or write this machine's files, nor its terminal.</summary>
    [Fact]
    public void No_command_touches_files_or_the_console_but_through_its_scope()
    {
        // What runs on the typing person's machine alone, or is the seam itself.
        string[] own = ["CommandFiles.cs", "CommandInvocation.cs", "RemoteCommand.cs"];
        var folder = Path.Combine(Top(), "src", "Api", "CommandLine");

        var touching = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !own.Contains(Path.GetFileName(file)) && Touches().IsMatch(File.ReadAllText(file)))
            .Select(Path.GetFileName);

        Assert.Empty(touching);
    }

    internal static IEnumerable<(string Path, Command Command)> All() => Below(ScaleliteCommand.Commands, "");

    /// <summary>Arguments that can be read, so that it is the command and not its usage that is asked for.</summary>
    internal static IEnumerable<string> Needed(Command command, string text = "x") =>
    [
        .. command.Options.Where(option => option.Required).SelectMany(option => (string[])[option.Name, AnyOf(option.ValueType, option, text)]),
        .. command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0).Select(argument => AnyOf(argument.ValueType, argument, text)),
    ];

    private static string AnyOf(Type type, Symbol symbol, string text)
    {
        if (type == typeof(Guid) || type == typeof(Guid[])) return Guid.NewGuid().ToString();
        if (type != typeof(string) && type != typeof(string[])) return type.IsEnum ? Enum.GetNames(type)[0] : "1";
        return symbol.GetCompletions(CompletionContext.Empty).Select(word => word.Label).FirstOrDefault(word => !word.StartsWith('-')) ?? text;
    }

    private static IEnumerable<(string Path, Command Command)> Below(Command parent, string path)
    {
        foreach (var command in parent.Subcommands)
        {
            var below = path.Length == 0 ? command.Name : $"{path} {command.Name}";
            if (command.Action is not null) yield return (below, command);
            foreach (var deeper in Below(command, below)) yield return deeper;
        }
    }

    private static string Top([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..");

    [GeneratedRegex(@"(?<![\w.])(File|Directory|Console|Environment)\.[A-Z]|new (FileStream|StreamReader|StreamWriter)\((?!file,|stream,)")]
    private static partial Regex Touches();
}
