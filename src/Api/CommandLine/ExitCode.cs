namespace Scalelite.Api.CommandLine;

/// <summary>What the process says to the shell.</summary>
internal static class ExitCode
{
    /// <summary>It was done.</summary>
    public const int Done = 0;

    /// <summary>It was refused: an unknown id, an argument that cannot be right, a wrong setting, a database that is away.</summary>
    public const int Refused = 1;

    /// <summary>There is no such command or option.</summary>
    public const int Usage = 2;
}
