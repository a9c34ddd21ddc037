using System.Globalization;
using Scalelite.Api.CommandLine;
using Scalelite.Domain.AdminTokens;

namespace Scalelite.Api.AdminV1;

/// <summary>
/// One operation of the API. The table of them is what is served and what the OpenAPI document tells, so that neither says what the other does not.
/// </summary>
/// <param name="Path">Below <see cref="AdminV1Api.Path"/>, with <c>{parameters}</c>.</param>
/// <param name="Id">The document's operationId, and the call's name in the log.</param>
/// <param name="Summary">A sentence.</param>
/// <param name="Role">Who may, at least; null: anybody, without a token.</param>
internal sealed record ApiOperation(string Method, string Path, string Id, string Summary, AdminRole? Role, Func<ApiCall, Task<ApiAnswer>> Answer)
{
    /// <summary>What the query may hold, and nothing else.</summary>
    public IReadOnlyList<QueryParameter> Query { get; init; } = [];

    /// <summary>The type of the body; null where there is none. All of a change's bodies may also hold <c>reason</c>.</summary>
    public Type? Body { get; init; }

    /// <summary>The type of what is answered with <see cref="Success"/>; null where nothing is.</summary>
    public Type? Result { get; init; }

    /// <summary>The body is no longer, in bytes.</summary>
    public int LongestBody { get; init; } = 64 * 1024;

    /// <summary>How <see cref="Result"/> is written: as JSON, or one JSON object a line.</summary>
    public string ResultType { get; init; } = "application/json";

    /// <summary>The status where all is well.</summary>
    public int Success { get; init; } = StatusCodes.Status200OK;

    /// <summary>The version of what is to be changed must be named by If-Match.</summary>
    public bool NeedsVersion { get; init; }

    /// <summary>Problems that not every operation has.</summary>
    public IReadOnlyList<ProblemKind> Problems { get; init; } = [];

    /// <summary>It changes something: it may give a reason.</summary>
    public bool Changes => Method is not "GET";

    /// <summary>A body without which there is nothing to do must be sent.</summary>
    public bool RequiresBody =>
        Body is not null && (Method is "PATCH" || Body.GetConstructors()[0].GetParameters().Any(parameter => !parameter.HasDefaultValue));

    /// <summary>The names in braces.</summary>
    public IReadOnlyList<string> RouteParameters { get; } =
        [.. Path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'))];
}

/// <summary>A body that only may give a reason.</summary>
internal sealed record NoFields;

/// <summary>A parameter of the query.</summary>
/// <param name="Words">What it may be; empty: anything of its kind.</param>
internal sealed record QueryParameter(string Name, string Description, QueryKind Kind = QueryKind.Text, params IReadOnlyList<string> Words)
{
    /// <summary>The most that a list holds at once.</summary>
    public const int MostRows = 1000;

    /// <summary>Without a limit.</summary>
    public const int UsualRows = 100;

    public static readonly QueryParameter Limit = new("limit", $"How many at most; {UsualRows} without", QueryKind.Number) { Least = 1, Most = MostRows };

    public static readonly QueryParameter At = new(
        "at", $"As it was then, folded from the events: {Moment.Written}; the answer's as_of tells of which event", QueryKind.Time);

    public static readonly QueryParameter Cursor = new("cursor", "Where to go on: next of the part before");

    /// <summary>The least that a number may be.</summary>
    public int Least { get; init; }

    /// <summary>The most that a number may be.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>Why it cannot be this; null where it can.</summary>
    public string? WhyNot(string value) => Kind switch
    {
        QueryKind.Number => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= Least && number <= Most
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{Name} is a whole number from {Least} to {Most}"),
        QueryKind.Time => Moment.TryRead(value, out _) ? null : $"{Name} takes {Moment.Written}",
        QueryKind.Flag => value is "true" or "false" ? null : $"{Name} is true or false",
        _ => Words.Count > 0 && !Words.Contains(value) ? $"{Name} is one of {string.Join(", ", Words)}"
            : value.Length > 1024 || value.Contains('\0', StringComparison.Ordinal) ? $"{Name} is too long, or no text"
            : null,
    };
}

/// <summary>What a parameter of the query is.</summary>
internal enum QueryKind
{
    Text,
    Number,
    Flag,
    Time,
}
