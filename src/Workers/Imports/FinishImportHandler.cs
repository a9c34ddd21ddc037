using Scalelite.Domain;
using Scalelite.Domain.Imports;
using Scalelite.Workers.Recordings;

namespace Scalelite.Workers.Imports;

/// <summary>Ends an import, and sends what follows in the same transaction: who waits for a recording hears of it however this process ends.</summary>
public static class FinishImportHandler
{
    /// <summary>One message for each recording that something of the archive came in for.</summary>
    public static async Task<OutgoingMessages> Handle(
        FinishImport finish, IDocumentSession session, TimeProvider time, CancellationToken cancellation)
    {
        IReadOnlyList<string> arrived = [];
        var decision = await session.DecideAsync<Import>(
            Streams.Import(finish.ImportId),
            import =>
            {
                arrived = import.Arrived;
                return import.Complete(time.GetUtcNow());
            },
            cancellation);
        var messages = new OutgoingMessages();
        if (decision.Events.Count > 0) messages.AddRange(arrived.Select(recordId => new RecordingArrived(finish.ImportId, recordId)));
        return messages;
    }
}
