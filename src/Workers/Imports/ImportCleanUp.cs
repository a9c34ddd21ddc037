using Scalelite.Workers.Recordings.Storage;

namespace Scalelite.Workers.Imports;

/// <summary>Removes what an import leaves behind when it is over. It can be repeated.</summary>
internal sealed class ImportCleanUp(Spool spool, IRecordingStorage storage)
{
    /// <summary>Forgets what was kept aside and staged, then removes the archive, or puts it into quarantine.</summary>
    public async Task AfterAsync(Guid import, bool isQuarantined, CancellationToken cancellation)
    {
        await storage.ForgetAsideAsync(import, cancellation);
        if (isQuarantined) spool.Quarantine(import);
        else spool.Remove(import);
    }
}
