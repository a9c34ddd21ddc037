using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Imports;
using Scalelite.Domain.Recordings;
using Scalelite.Workers.Servers;

namespace Scalelite.Workers.Imports;

/// <summary>What a spool needs to know of an import whose archive it has.</summary>
internal readonly record struct KnownImport(Guid Import, string State)
{
    public bool IsCompleted => State == "completed";

    public bool IsQuarantined => State == "quarantined";
}

/// <summary>Reads and writes the streams of imports.</summary>
internal sealed class ImportLedger(IDocumentStore store, NpgsqlDataSource database)
{
    private const int Tries = 5;

    /// <summary>An import as its events tell it; null where there is none.</summary>
    public async Task<Import?> FindAsync(Guid import, CancellationToken cancellation)
    {
        await using var session = store.LightweightSession();
        return await session.Events.AggregateStreamAsync<Import>(Streams.Import(import), token: cancellation);
    }

    /// <summary>A recording as its events tell it; null where there is none.</summary>
    public async Task<Recording?> FindRecordingAsync(string recordId, CancellationToken cancellation)
    {
        await using var session = store.LightweightSession();
        return await session.Events.AggregateStreamAsync<Recording>(Streams.Recording(recordId), token: cancellation);
    }

    /// <summary>Begins an import; nothing where it has begun: a crash came between, or another process cleaned up after it.</summary>
    public async Task ReceiveAsync(ArchiveReceived received, CancellationToken cancellation)
    {
        await using var session = store.LightweightSession();
        session.SetHeader("actor", "importer");
        session.Events.StartStream(Streams.Import(received.ImportId), received);
        try
        {
            await session.SaveChangesAsync(cancellation);
        }
        catch (ExistingStreamIdCollisionException)
        {
            // It is known.
        }
    }

    /// <summary>The version of an import's stream; null where there is none.</summary>
    public async Task<long?> VersionAsync(Guid import, CancellationToken cancellation)
    {
        await using var session = store.LightweightSession();
        return (await session.Events.FetchStreamStateAsync(Streams.Import(import), cancellation))?.Version;
    }

    /// <summary>Decides on what the import is now, and appends; again where another writer was first.</summary>
    /// <param name="by">The person who wants it; null: the importer itself.</param>
    public async Task<Decision> DecideAsync(Guid import, Func<Import, Decision> decide, CancellationToken cancellation, ChangedBy? by = null)
    {
        for (var tried = 1; ; tried++)
        {
            await using var session = store.LightweightSession();
            if (by is null) session.SetHeader("actor", "importer");
            else session.SignedBy(by, "imports retry");
            var decision = await session.DecideAsync(Streams.Import(import), decide, cancellation, by);
            if (decision.Events.Count == 0) return decision;
            try
            {
                await session.SaveChangesAsync(cancellation);
                return decision;
            }
            catch (EventStreamUnexpectedMaxEventIdException) when (tried < Tries)
            {
                // A person retried it: decide anew.
            }
        }
    }

    /// <summary>Appends a format to its recording and says so in the import, both or neither.</summary>
    /// <param name="recording">Decides on the recording as it is; null where it is new.</param>
    /// <returns>The recording's refusal, which leaves everything as it was, or null.</returns>
    public async Task<string?> CatalogueAsync(
        Guid import, ArchivedFormat format, Func<Recording?, Decision> recording, DateTimeOffset at, CancellationToken cancellation)
    {
        for (var tried = 1; ; tried++)
        {
            await using var session = store.LightweightSession();
            session.SetHeader("actor", "importer");
            var stream = Streams.Recording(format.RecordId);
            var state = await session.Events.FetchStreamStateAsync(stream, cancellation);
            var known = state is null ? null : await session.Events.AggregateStreamAsync<Recording>(stream, state.Version, token: cancellation);
            var decision = recording(known);
            if (decision.Refusal is { } refusal) return refusal;
            var imported = await session.DecideAsync<Import>(Streams.Import(import), i => i.Catalogue(format, at), cancellation);
            if (imported.Events.Count == 0) return null;
            if (state is null) session.Events.StartStream(stream, [.. decision.Events]);
            else session.Events.Append(stream, state.Version + decision.Events.Count, [.. decision.Events]);
            try
            {
                await session.SaveChangesAsync(cancellation);
                return null;
            }
            catch (Exception first) when (first is EventStreamUnexpectedMaxEventIdException or ExistingStreamIdCollisionException && tried < Tries)
            {
                // Somebody changed the recording meanwhile: decide anew.
            }
        }
    }

    /// <summary>How far these imports are; those that are not known are left out.</summary>
    public async Task<IReadOnlyDictionary<Guid, KnownImport>> StatesAsync(IReadOnlyCollection<Guid> imports, CancellationToken cancellation)
    {
        var known = new Dictionary<Guid, KnownImport>();
        if (imports.Count == 0) return known;
        await using var command = database.CreateCommand("select import_id, state from import_queue where import_id = any($1)");
        command.Parameters.AddWithValue(imports.ToArray());
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) known[rows.GetGuid(0)] = new KnownImport(rows.GetGuid(0), rows.GetString(1));
        return known;
    }
}
