namespace Scalelite.Workers.Recordings.Storage;

/// <summary>The path of a file within a format's folder.</summary>
public static class FormatPath
{
    /// <summary>Whether a path stays within its folder: names with slashes between, none empty, <c>.</c> or <c>..</c>, no control characters or backslashes.</summary>
    public static bool IsWithin(string path) =>
        path.Length > 0 && !path.Any(c => char.IsControl(c) || c == '\\') && path.Split('/').All(name => name is not ("" or "." or ".."));

    /// <summary>Whether a path may be played: within its folder, and no name in it begins with a dot.</summary>
    public static bool IsPlayable(string path) => IsWithin(path) && !path.Split('/').Any(name => name[0] == '.');
}
