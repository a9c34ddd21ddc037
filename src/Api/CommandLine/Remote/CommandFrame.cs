using System.ComponentModel;
using System.Text.Json.Serialization;
using Scalelite.Api.AdminV1;

namespace Scalelite.Api.CommandLine.Remote;

/// <summary>What is asked for: a command line, and all that it would find at the machine of whoever typed it.</summary>
internal sealed record CommandOrder(
    [property: Description("The command line behind 'scalelite', word by word")] IReadOnlyList<string> Arguments,
    [property: WriteOnly, Description("Standard input")] string? Input = null,
    [property: WriteOnly, Description("The texts of files that the arguments name, by the name as it stands there")] IReadOnlyDictionary<string, string>? Files = null,
    [property: Description("Questions are asked: the frame ask, and nothing is done; without it they count as answered with yes")] bool Asks = false,
    [property: Description("Questions that were answered with yes, as they were asked")] IReadOnlyList<string>? Confirmed = null,
    [property: Description("Tables are no wider than this many columns")] int? Width = null);

/// <summary>A part of what a command says, one JSON object a line. An empty line says nothing: it shows that the command still runs.</summary>
internal sealed record CommandFrame(
    [property: Description("Standard output goes on"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Out = null,
    [property: Description("Standard error goes on"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null,
    [property: Description("A question; the order may be sent again with it confirmed"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    string? Ask = null,
    [property: Description("A file that an argument names goes on with data"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? File = null,
    [property: Description("Bytes of the file; none: it is whole"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] byte[]? Data = null,
    [property: Description("The exit code, in the last line; without it the command did not end"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    int? Exit = null);
