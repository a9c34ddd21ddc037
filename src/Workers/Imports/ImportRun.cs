using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Imports;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Imports.Archives;

namespace Scalelite.Workers.Imports;

/// <summary>
/// Takes one import as far as it goes: checked, each format staged, in place and catalogued, finished, cleaned up. It begins where the events
/// say that it stands, so that nothing is lost and little is done twice, wherever an earlier run ended.
/// </summary>
internal sealed partial class ImportRun(
    ImportLedger ledger,
    FormatImport formats,
    ImportCleanUp cleanUp,
    Spool spool,
    Settings settings,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<ImportRun> log)
{
    private const int LongestReason = 500;

    /// <summary>An archive that ends early and was written to since then may still grow.</summary>
    private static readonly TimeSpan Grows = TimeSpan.FromMinutes(1);

    /// <summary>Returns when the import is over or has to wait; never throws but for its cancellation.</summary>
    public async Task RunAsync(Guid import, CancellationToken cancellation)
    {
        try
        {
            await AdvanceAsync(import, cancellation);
        }
        catch (ArchiveRefusedException refused) when (!refused.EndsEarly || !MayGrow(import))
        {
            await QuarantineAsync(import, refused.Message, cancellation);
        }
#pragma warning disable CA1031 // Whatever it was, the archive stays and is tried again.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            await FailAsync(import, [failure], cancellation);
        }
    }

    private static string Reason(Exception failure)
    {
        var message = failure is PostgresException refused ? $"PostgreSQL: {refused.MessageText}" : failure.GetBaseException().Message;
        return string.Concat(message.Take(LongestReason).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
    }

    private async Task AdvanceAsync(Guid id, CancellationToken cancellation)
    {
        if (await ledger.FindAsync(id, cancellation) is not { } import) return;
        CheckedArchive? contents = null;
        if (import.Phase == ImportPhase.Received)
        {
            contents = await Task.Run(() => Check(id, cancellation), cancellation);
            import = await CheckedAsync(id, contents, cancellation);
        }

        if (import.Phase == ImportPhase.Checked && !await AdvanceFormatsAsync(import, contents, cancellation)) return;

        if (import.IsOpen) import = await FinishAsync(id, cancellation);
        if (import.IsOpen) return;
        ImportSteps.Reached(ImportSteps.Completed, id);
        await cleanUp.AfterAsync(id, isQuarantined: import.Phase == ImportPhase.Quarantined, cancellation);
        ImportSteps.Reached(ImportSteps.Removed, id);
        if (import.Phase == ImportPhase.Completed) Log.Completed(log, id, import.Name, import.Formats.Count);
        else Log.Quarantined(log, id, import.Name, import.Reason ?? "");
    }

    private CheckedArchive Check(Guid import, CancellationToken cancellation) =>
        ArchiveCheck.Read(Archive(import), settings.Imports, cancellation);

    private string Archive(Guid import) =>
        spool.ArchiveOf(import) ?? throw new FileNotFoundException("The archive is not in the spool any more");

    private async Task<Import> CheckedAsync(Guid id, CheckedArchive contents, CancellationToken cancellation)
    {
        await ledger.DecideAsync(
            id, import => import.Check([.. contents.Formats.Select(format => format.Format)], contents.Files, contents.Bytes, time.GetUtcNow()), cancellation);
        foreach (var refused in contents.Formats.Where(format => format.Refusal is not null))
            await ledger.DecideAsync(id, import => import.Refuse(refused.Format, refused.Refusal!, time.GetUtcNow()), cancellation);
        ImportSteps.Reached(ImportSteps.Checked, id);
        return (await ledger.FindAsync(id, cancellation))!;
    }

    /// <summary>One format that fails stops no other; the archive stays until every one is in.</summary>
    /// <returns>Whether all are over.</returns>
    private async Task<bool> AdvanceFormatsAsync(Import import, CheckedArchive? contents, CancellationToken cancellation)
    {
        var failures = new List<Exception>();
        var lazily = new Lazy<CheckedArchive>(() => contents ?? Check(import.ImportId, cancellation));
        foreach (var format in import.Formats.Where(format => !format.IsOver))
        {
            try
            {
                await formats.ImportAsync(import.ImportId, format, lazily, () => Archive(import.ImportId), cancellation);
            }
#pragma warning disable CA1031 // Whatever it was, the other formats do not suffer from it.
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0) await FailAsync(import.ImportId, failures, cancellation);
        return failures.Count == 0;
    }

    private async Task<Import> FinishAsync(Guid id, CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMessageBus>().InvokeAsync(new FinishImport(id), cancellation);
        return (await ledger.FindAsync(id, cancellation))!;
    }

    private bool MayGrow(Guid import) =>
        spool.ArchiveOf(import) is { } archive && time.GetUtcNow() - File.GetLastWriteTimeUtc(archive) < Grows;

    private async Task QuarantineAsync(Guid id, string reason, CancellationToken cancellation)
    {
        try
        {
            await ledger.DecideAsync(id, import => import.Quarantine(reason, time.GetUtcNow()), cancellation);
            Log.Quarantined(log, id, "", reason);
            await cleanUp.AfterAsync(id, isQuarantined: true, cancellation);
        }
#pragma warning disable CA1031 // What is not written or moved now is found again.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.NotWritten(log, id, reason, failure);
        }
    }

    private async Task FailAsync(Guid id, IReadOnlyList<Exception> failures, CancellationToken cancellation)
    {
        var reason = string.Join("; ", failures.Select(Reason).Distinct(StringComparer.Ordinal));
        try
        {
            var decision = await ledger.DecideAsync(id, import => import.Fail(reason, time.GetUtcNow()), cancellation);
            if (decision.Events is [ImportFailed failed]) Log.Failed(log, id, failed.Attempt, failed.RetryAt, reason);
            else Log.NotCleaned(log, id, reason);
        }
#pragma warning disable CA1031 // PostgreSQL is away: the import is still due when it is back.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.NotWritten(log, id, reason, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Import {Import} of {Name} is complete: {Formats} formats")]
        public static partial void Completed(ILogger log, Guid import, string name, int formats);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Import {Import} {Name} is in quarantine: {Reason}")]
        public static partial void Quarantined(ILogger log, Guid import, string name, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Import {Import} failed in attempt {Attempt}; again at {RetryAt}: {Reason}")]
        public static partial void Failed(ILogger log, Guid import, int attempt, DateTimeOffset retryAt, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Import {Import} is over, but could not be cleaned up after; it will be: {Reason}")]
        public static partial void NotCleaned(ILogger log, Guid import, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Import {Import} failed ({Reason}), and that could not be written; it is tried again")]
        public static partial void NotWritten(ILogger log, Guid import, string reason, Exception failure);
    }
}
