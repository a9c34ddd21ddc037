namespace Scalelite.Api.Hosting;

/// <summary>What a process does.</summary>
[Flags]
internal enum Roles
{
    /// <summary>Nothing by itself: a command uses its services.</summary>
    None = 0,

    /// <summary>Answers HTTP.</summary>
    Api = 1,

    /// <summary>Handles messages: polls, drains, ends.</summary>
    Workers = 2,
}
