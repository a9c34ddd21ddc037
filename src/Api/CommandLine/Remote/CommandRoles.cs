using System.CommandLine;
using System.CommandLine.Parsing;
using Scalelite.Domain.AdminTokens;

namespace Scalelite.Api.CommandLine.Remote;

/// <summary>Which commands a running instance runs for others, and for whom: the same roles as the operations of <c>/admin/api/v1</c>.</summary>
internal static class CommandRoles
{
    private static readonly CommandPlace Viewer = new(AdminRole.Viewer);
    private static readonly CommandPlace Operator = new(AdminRole.Operator);
    private static readonly CommandPlace Admin = new(AdminRole.Admin);

    /// <summary>A command by its path below <c>scalelite</c>.</summary>
    public static IReadOnlyDictionary<string, CommandPlace> ByPath { get; } = new Dictionary<string, CommandPlace>(StringComparer.Ordinal)
    {
        ["serve"] = CommandPlace.OfThisMachine,
        ["demo"] = CommandPlace.OfThisMachine,
        ["simulate"] = CommandPlace.OfThisMachine,
        ["settings"] = CommandPlace.OfThisMachine,
        ["completion"] = CommandPlace.OfThisMachine,

        ["status"] = Viewer,
        ["imbalance"] = Viewer,
        ["poll"] = Operator,
        ["events"] = Admin,
        ["whatif"] = CommandPlace.BesideTheDatabase("a year of it takes a processor for minutes, which an instance has other use for"),
        ["projections rebuild"] = Admin,
        ["export"] = Operator,
        ["analytics views"] = Viewer,
        ["analytics grant"] = CommandPlace.BesideTheDatabase("it makes roles of the database, with their passwords"),
        ["analytics revoke"] = CommandPlace.BesideTheDatabase("it changes roles of the database"),
        ["prune"] = Admin,
        ["forget recording"] = Admin,
        ["forget meeting"] = Admin,
        ["forget tenant"] = Admin,
        ["audit log"] = Admin,
        ["audit verify"] = Admin,
        ["import-scalelite"] = CommandPlace.BesideTheDatabase("it reads another database with its password"),

        ["servers"] = Viewer,
        ["servers list"] = Viewer,
        ["servers meetings"] = Viewer,
        ["servers removable"] = Viewer,
        ["servers enable"] = Operator,
        ["servers cordon"] = Operator,
        ["servers disable"] = Operator,
        ["servers panic"] = Operator,
        ["servers check"] = Operator,
        ["servers add"] = Admin,
        ["servers add-all"] = Admin,
        ["servers sync"] = Admin,
        ["servers update"] = Admin,
        ["servers tag"] = Admin,
        ["servers load-multiplier"] = Admin,
        ["servers capacity"] = Admin,
        ["servers remove"] = Admin,
        ["servers yaml"] = CommandPlace.BesideTheDatabase("it prints the servers' secrets, and no instance answers those"),

        ["meetings list"] = Viewer,
        ["meetings info"] = Viewer,
        ["meetings end"] = Operator,
        ["explain"] = Viewer,

        ["imports list"] = Viewer,
        ["imports show"] = Viewer,
        ["imports retry"] = Operator,

        ["callbacks list"] = Viewer,
        ["callbacks show"] = Viewer,
        ["callbacks retry"] = Operator,

        ["recordings list"] = Viewer,
        ["recordings show"] = Viewer,
        ["recordings publish"] = Operator,
        ["recordings unpublish"] = Operator,
        ["recordings delete"] = Admin,
        ["recordings restore"] = Admin,
        ["recordings add-to-tenant"] = Admin,
        ["recordings expire"] = Admin,
        ["recordings verify"] = Admin,

        ["tenants"] = Viewer,
        ["tenants list"] = Viewer,
        ["tenants add"] = Admin,
        ["tenants update"] = Admin,
        ["tenants update-lrs-basic"] = Admin,
        ["tenants update-lrs-kc"] = Admin,
        ["tenants remove-lrs"] = Admin,
        ["tenants remove"] = Admin,
        ["tenants enable"] = Admin,
        ["tenants disable"] = Admin,
        ["tenants quota"] = Admin,
        ["tenants retention"] = Admin,
        ["tenants settings"] = Viewer,
        ["tenants settings list"] = Viewer,
        ["tenants settings add"] = Admin,
        ["tenants settings remove"] = Admin,

        ["tokens list"] = Admin,
        ["tokens revoke"] = Admin,
        ["tokens add"] = CommandPlace.BesideTheDatabase("whoever steals a token makes no others with it"),
    };

    /// <summary>Where a command may run. One that has no row is run beside the database alone.</summary>
    public static CommandPlace Of(string path) =>
        ByPath.GetValueOrDefault(path) ?? CommandPlace.BesideTheDatabase("no role is known that may run it");

    /// <summary>The command's names below <c>scalelite</c>: <c>servers list</c>.</summary>
    public static string PathOf(CommandResult command)
    {
        var names = new Stack<string>();
        for (SymbolResult? at = command; at is CommandResult { Command: not RootCommand } below; at = at.Parent) names.Push(below.Command.Name);
        return string.Join(' ', names);
    }
}

/// <summary>Where a command may run.</summary>
/// <param name="Role">Who may have a running instance run it, at least; null: nobody.</param>
/// <param name="IsOfThisMachine">It has nothing to do with an instance elsewhere.</param>
/// <param name="WhyNot">Why no instance runs it for others.</param>
internal sealed record CommandPlace(AdminRole? Role, bool IsOfThisMachine = false, string WhyNot = "")
{
    /// <summary>It serves, simulates or tells of this machine.</summary>
    public static CommandPlace OfThisMachine { get; } = new(null, IsOfThisMachine: true, "it is about this machine");

    /// <summary>It needs the database, and no other machine may ask for it.</summary>
    public static CommandPlace BesideTheDatabase(string why) => new(null, WhyNot: why);
}
