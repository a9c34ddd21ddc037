namespace Scalelite.Messaging;

/// <summary>The tables of the message bus, for the schema set-up to install.</summary>
public static class MessageTables
{
    private static readonly string[] Order = ["message", "message_dead_letter", "acknowledge_message", "replay_dead_letters"];

    /// <summary>The SQL in the order to install it, each under its name; running it again changes nothing.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Scripts { get; } = [.. Order.Select(name => KeyValuePair.Create(name, Read(name)))];

    private static string Read(string name)
    {
        var resource = $"Scalelite.Messaging.Tables.{name}.sql";
        using var stream = typeof(MessageTables).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The resource {resource} is missing from the build");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
