using System.Globalization;
using Scalelite.Api.CommandLine;
using Scalelite.Domain.AdminTokens;
using Scalelite.Workers.History;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.AdminV1;

/// <summary>A request whose token, query, version and body were right.</summary>
internal sealed class ApiCall(HttpContext http, object? body, ChangedBy by, AdminRole role)
{
    /// <summary>What the token is good for; of an operation without a token, nothing but reading.</summary>
    public AdminRole Role => role;

    /// <summary>Who changes something, from where, why, and which version of it.</summary>
    public ChangedBy By => by;

    /// <summary>The caller left. Only for reading: a change that was asked for rightly is done.</summary>
    public CancellationToken Cancellation => http.RequestAborted;

    /// <summary>How many rows are asked for.</summary>
    public int Limit => Query("limit") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : QueryParameter.UsualRows;

    /// <summary>A service.</summary>
    public T Get<T>()
        where T : notnull => http.RequestServices.GetRequiredService<T>();

    /// <summary>A parameter of the path.</summary>
    public string Route(string name) => (string)http.Request.RouteValues[name]!;

    /// <summary>A parameter of the query; null where it is not given.</summary>
    public string? Query(string name) => http.Request.Query.TryGetValue(name, out var values) ? values[0] : null;

    /// <summary>A parameter of the query that is true or false; false where it is not given.</summary>
    public bool Flag(string name) => Query(name) == "true";

    /// <summary>The pool at the moment that <c>at</c> names; null where it is not given.</summary>
    public async Task<PoolMoment?> PastAsync() => Query("at") is { } text && Moment.TryRead(text, out var moment)
        ? await Get<PoolHistory>().AtAsync(moment.At(Get<TimeProvider>().GetUtcNow()), Cancellation)
        : null;

    /// <summary>The body.</summary>
    public T Body<T>()
        where T : class => (T)body!;

    /// <summary>The cursor.</summary>
    /// <param name="cursor">Null where none is given.</param>
    /// <returns>False where it is not one of ours.</returns>
    public bool TryCursor(out Cursor? cursor)
    {
        cursor = Query("cursor") is { } text ? Cursor.Read(text) : null;
        return cursor is not null || Query("cursor") is null;
    }

    /// <summary>The cursor of a list that counts: how many rows are left out.</summary>
    /// <returns>False where it is not one of ours.</returns>
    public bool TryOffset(out int offset)
    {
        offset = 0;
        return Query("cursor") is not { } cursor || int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }

    /// <summary>The version of a stream. To be read before what it is the version of: then a change in between is found out.</summary>
    public async Task<long?> VersionAsync(string stream)
    {
        await using var session = Get<IDocumentStore>().LightweightSession();
        return (await session.Events.FetchStreamStateAsync(stream, Cancellation))?.Version;
    }

    /// <summary>400 for a cursor that is none.</summary>
    public static ApiAnswer WrongCursor => ApiAnswer.Fails(ProblemKind.BadRequest, "cursor is none that this API gave");
}
