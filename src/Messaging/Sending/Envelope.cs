using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scalelite.Messaging.Sending;

/// <summary>A message on its way into the table: due at <see cref="At"/>, or <see cref="Delay"/> after the database's now.</summary>
internal sealed record Envelope(Guid Id, string Type, string Body, DateTimeOffset? At, TimeSpan Delay, string? CorrelationId, string? CausationId)
{
    /// <summary>JSON as the events have it: names as declared, enums as strings.</summary>
    public static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Whether the message can be handled as soon as it is stored.</summary>
    public bool DueAtOnce => At is null && Delay <= TimeSpan.Zero;

    /// <summary>When it is due, in microseconds since 1970, or -1 for <see cref="DelayMicroseconds"/> after now.</summary>
    public long AtMicroseconds => At is { } at ? (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond : -1;

    /// <summary>The delay in microseconds; at least 0.</summary>
    public long DelayMicroseconds => Math.Max(0, Delay.Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>The envelope of a message or of what <see cref="OutgoingMessages"/> made of it.</summary>
    public static Envelope For(object message, string? correlationId, string? causationId) => message switch
    {
        DelayedMessage delayed => Wrap(delayed.Message, null, delayed.Delay, correlationId, causationId),
        ScheduledMessage scheduled => Wrap(scheduled.Message, scheduled.Time, TimeSpan.Zero, correlationId, causationId),
        _ => Wrap(message, null, TimeSpan.Zero, correlationId, causationId),
    };

    /// <summary>The name that a message's type has in the table.</summary>
    public static string TypeName(Type type) => type.FullName ?? throw new ArgumentException($"A message cannot be of type {type}");

    private static Envelope Wrap(object message, DateTimeOffset? at, TimeSpan delay, string? correlationId, string? causationId)
    {
        var type = message.GetType();
        return new(Guid.CreateVersion7(), TypeName(type), JsonSerializer.Serialize(message, type, Json), at, delay, correlationId, causationId);
    }
}
