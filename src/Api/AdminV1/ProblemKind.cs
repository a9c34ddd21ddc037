namespace Scalelite.Api.AdminV1;

/// <summary>A kind of problem (RFC 9457).</summary>
/// <param name="Key">The end of its type, <c>urn:scalelite:problem:{key}</c>, which does not change.</param>
/// <param name="Title">For people.</param>
internal sealed record ProblemKind(int Status, string Key, string Title)
{
    public static readonly ProblemKind BadRequest = new(400, "bad-request", "The request cannot be read");
    public static readonly ProblemKind Unauthenticated = new(401, "unauthenticated", "A valid bearer token is needed");
    public static readonly ProblemKind Forbidden = new(403, "forbidden", "The token's role does not allow this");
    public static readonly ProblemKind NotFound = new(404, "not-found", "There is no such thing");
    public static readonly ProblemKind MethodNotAllowed = new(405, "method-not-allowed", "The path does not know this method");
    public static readonly ProblemKind Conflict = new(409, "conflict", "The id is taken by something else");
    public static readonly ProblemKind Stale = new(412, "stale", "It was changed since it was read");
    public static readonly ProblemKind TooLong = new(413, "too-long", "The body is too long");
    public static readonly ProblemKind NotJson = new(415, "not-json", "The body must be application/json");
    public static readonly ProblemKind Refused = new(422, "refused", "The change was refused");
    public static readonly ProblemKind NoVersion = new(428, "no-version", "If-Match is needed");
    public static readonly ProblemKind TooMany = new(429, "too-many-requests", "Too many requests");
    public static readonly ProblemKind Failed = new(500, "failed", "The request could not be answered");
    public static readonly ProblemKind Node = new(502, "node", "The node did not do what it was asked");
    public static readonly ProblemKind Unavailable = new(503, "unavailable", "The database is not available");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        BadRequest, Unauthenticated, Forbidden, NotFound, MethodNotAllowed, Conflict, Stale, TooLong, NotJson, Refused, NoVersion, TooMany, Failed, Node,
        Unavailable,
    ];
}

/// <summary>A problem as it is answered.</summary>
/// <param name="RequestId">Under which the request's line in the log and its events are found.</param>
internal sealed record Problem(string Type, string Title, int Status, string Detail, string RequestId);
