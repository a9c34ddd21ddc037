namespace Scalelite.EventStore;

/// <summary>Opens sessions on the event store. Marten's name and shape; see <c>docs/decisions/0001-two-flavours.md</c>.</summary>
public interface IDocumentStore
{
    /// <summary>A session that opens its own connection and transaction when it is saved.</summary>
    IDocumentSession LightweightSession();

    /// <summary>A session that works where the options say, for instance inside the caller's transaction.</summary>
    IDocumentSession LightweightSession(SessionOptions options);
}
