using System.Text;

namespace Scalelite.EventStore.Types;

/// <summary>The names under which Marten stores an event's type.</summary>
internal static class EventTypeName
{
    /// <summary>The class name in lower snake case: <c>ServerRegistered</c> is <c>server_registered</c>, <c>URLSeen2</c> is <c>url_seen_2</c>.</summary>
    public static string Of(Type type)
    {
        var name = type.Name;
        var stored = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && StartsWord(name, i)) stored.Append('_');
            stored.Append(char.ToLowerInvariant(name[i]));
        }

        return stored.ToString();
    }

    /// <summary><c>Namespace.Type, Assembly</c>, without version, culture and token.</summary>
    public static string DotNetNameOf(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    // A word starts after a small letter, and before the last capital of a run that a small letter follows.
    private static bool StartsWord(string name, int i) =>
        !char.IsLower(name[i]) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
}
