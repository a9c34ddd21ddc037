namespace Scalelite.Messaging.Delivering;

/// <summary>The message can never be handled here: trying again is of no use.</summary>
internal sealed class UndeliverableException(string message) : Exception(message)
{
    /// <summary>Where it was noticed tells nobody anything.</summary>
    public override string ToString() => Message;
}
